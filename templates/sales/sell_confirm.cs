<?cs include!"sales/_counter.cs" ?><link rel="stylesheet" href="<?cs var:Asset.SalesCss ?>">
<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:T.Sales.SellConfirm.Title ?></h1><?cs call:counter_shift() ?></div>
<?cs call:ui_errors() ?>
<?cs if:Duplicate ?><div class="notice notice-warning" role="alert"><?cs call:ui_icon("alert-triangle") ?><div><strong><?cs var:Duplicate ?></strong><p><?cs var:T.Sales.SellConfirm.DuplicateAdvice ?></p></div></div><?cs /if ?>
<?cs call:sell_who(Meter) ?>
<form method="post" action="/sales/sell/<?cs var:Meter.Id ?>/confirm" class="sell-confirm card"><?cs call:ui_secret() ?><input type="hidden" name="key" value="<?cs var:Key ?>"><input type="hidden" name="account" value="<?cs var:Form.account.Value ?>"><input type="hidden" name="amount" value="<?cs var:Form.amount.Value ?>"><input type="hidden" name="channel" value="<?cs var:Form.channel.Value ?>"><input type="hidden" name="tendered" value="<?cs var:Form.tendered.Value ?>"><input type="hidden" name="note" value="<?cs var:Form.note.Value ?>"><input type="hidden" name="mark" value="<?cs var:Form.mark.Value ?>"><input type="hidden" name="fees" value="1"><?cs each:choice = Form.fee.Choice ?><?cs if:choice.Selected ?><input type="hidden" name="fee" value="<?cs var:choice.Value ?>"><?cs /if ?><?cs /each ?><?cs if:Duplicate ?><input type="hidden" name="duplicate" value="1"><?cs /if ?>
<p class="sell-sum"><span><?cs var:T.Channel[Channel] ?></span> <b class="number"><?cs var:Quote.Amount ?></b></p>
<?cs call:sell_quote() ?>
<?cs if:Form.note.Value ?><p class="form-text"><?cs var:T.Word.Note ?>: <?cs var:Form.note.Value ?></p><?cs /if ?>
<?cs if:IsTwice ?><div class="field"><?cs call:ui_label("again", T.Sales.SellConfirm.Again) ?><div class="input-group"><span class="input-group-text"><?cs var:Site.Currency ?></span><input class="form-control number" type="text" inputmode="decimal" autocomplete="off"<?cs call:ui_attributes("again") ?> value=""<?cs if:!Duplicate ?> autofocus<?cs /if ?>></div><?cs call:ui_error("again") ?></div><?cs /if ?>
<div class="sell-end"><a class="btn btn-quiet" href="<?cs var:Back.Href ?>" data-escape<?cs if:Duplicate ?> autofocus<?cs /if ?>><?cs call:ui_icon("arrow-left") ?> <?cs var:T.Sales.SellConfirm.Change ?></a><button class="btn btn-primary btn-deed" type="submit"<?cs if:!Duplicate && !IsTwice ?> autofocus<?cs /if ?>><?cs call:ui_icon("bolt") ?> <?cs var:Button ?></button></div>
</form>
