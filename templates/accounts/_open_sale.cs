<h2><?cs var:T.Accounts.Open.Step.Sale ?></h2>
<?cs if:MaySell ?><p class="form-text"><?cs var:T.Accounts.Open.SaleHint ?></p>
<?cs if:IsSeveral ?><?cs call:ui_choice("sale_meter", T.Accounts.Open.SaleMeter, "") ?><?cs /if ?>
<div class="fields"><?cs call:ui_money("amount", T.Accounts.Open.Amount) ?><?cs call:ui_money("tendered", T.Accounts.Open.Tendered) ?></div>
<?cs call:ui_radios("channel", T.Accounts.Account.Channel, T.Channel) ?>
<?cs if:?Form.fee.Choice.0.Value ?><?cs call:ui_checks("fee", T.Accounts.Open.Fees) ?><?cs /if ?>
<?cs call:ui_field("sale_note", T.Field.note) ?><?cs else ?><p><?cs var:T.Accounts.Open.MayNotSell ?></p><?cs /if ?>
