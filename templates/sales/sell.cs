<?cs include!"sales/_counter.cs" ?><?cs if:Page.IsFragment ?><?cs call:sell_quote() ?><?cs else ?><link rel="stylesheet" href="<?cs var:Asset.SalesCss ?>">
<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:T.Sales.Sell.Title ?></h1><?cs call:counter_shift() ?></div>
<?cs call:ui_errors() ?>
<?cs call:sell_who(Meter) ?>
<form method="post" action="/sales/sell/<?cs var:Meter.Id ?>" class="sell" id="sell"><?cs call:ui_secret() ?><input type="hidden" name="account" value="<?cs var:Meter.AccountId ?>"><input type="hidden" name="fees" id="fees" value="1">
<div class="card sell-form">
<div class="field sell-amount"><?cs call:ui_label("amount", T.Word.Amount) ?><div class="input-group"><span class="input-group-text"><?cs var:Site.Currency ?></span><input class="form-control number" type="text" inputmode="decimal" autocomplete="off"<?cs call:ui_attributes("amount") ?> value="<?cs var:Form.amount.Value ?>" autofocus></div><?cs call:ui_error("amount") ?></div>
<ul class="quick" aria-label="<?cs var:T.Sales.Sell.Quick ?>"><?cs each:quick = Quick ?><li><a class="btn btn-quiet" href="<?cs var:quick.Href ?>" data-fill="amount" data-value="<?cs var:quick.Value ?>"><?cs if:quick.Key ?><?cs var:T.Sales.Quick[quick.Key] ?> <?cs /if ?><?cs var:quick.Text ?></a></li><?cs /each ?></ul>
<?cs if:Last.Amount ?><p class="form-text"><?cs var:T.Sales.Sell.LastBought ?> <?cs var:Last.Amount ?> · <?cs call:ui_time(Last.At) ?></p><?cs /if ?>
<fieldset class="field channels" id="channel"<?cs if:Form.channel.Error ?> aria-describedby="channel-error"<?cs /if ?>><legend class="form-label"><?cs var:T.Sales.Sell.Channel ?></legend><?cs each:choice = Form.channel.Choice ?><div class="form-check"><input class="form-check-input" type="radio" id="channel-<?cs var:choice.Value ?>" name="channel" value="<?cs var:choice.Value ?>"<?cs if:choice.Selected ?> checked<?cs /if ?>><label class="form-check-label" for="channel-<?cs var:choice.Value ?>"><?cs var:T.Channel[choice.Value] ?></label></div><?cs /each ?><?cs call:ui_error("channel") ?></fieldset>
<div class="cash-only"><?cs call:ui_money("tendered", T.Sales.Sell.TenderedField) ?></div>
<?cs if:?Form.fee.Choice.0.Value ?><?cs call:ui_checks("fee", T.Sales.Sell.Fees) ?><?cs /if ?>
<?cs call:ui_input("note", T.Word.Note, "text", "off", "") ?>
</div>
<aside class="card sell-quote" aria-label="<?cs var:T.Sales.Sell.Quote ?>"><h2><?cs var:T.Sales.Sell.Quote ?></h2><div id="quote" aria-live="polite" hx-get="/sales/sell/<?cs var:Meter.Id ?>" hx-trigger="input changed delay:250ms from:#amount, input changed delay:250ms from:#tendered, change from:#sell" hx-include="#amount, #tendered, #channel, #fee, #fees" hx-swap="innerMorph"><?cs call:sell_quote() ?></div></aside>
<div class="sell-end"><a class="btn btn-quiet" href="/sales/counter" data-escape><?cs var:T.Word.Cancel ?></a><?cs call:ui_submit("chevron-right", T.Sales.Sell.Next) ?></div>
</form><?cs /if ?>
