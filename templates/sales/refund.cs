<?cs include!"sales/_deed.cs" ?><?cs call:office_style() ?><?cs call:ui_crumbs() ?>
<?cs call:deed_head("refund", "receipt-refund", T.Sales.Refund.Title, T.Sales.Refund.Lead) ?>
<?cs call:deed_other(T.Sales.Refund.NotReverse, Other.Href, T.Sales.Refund.ToReverse) ?>
<?cs call:ui_errors() ?><?cs call:deed_shift() ?>
<div class="office-two">
<?cs if:IsRefundable ?><form method="get" action="/sales/refund/<?cs var:Meter.Id ?>/confirm" class="card"><input type="hidden" name="account" value="<?cs var:Form.account.Value ?>">
<?cs call:ui_radios("how", T.Sales.Refund.How, T.Sales.Refund.HowMuch) ?><?cs call:ui_money("amount", T.Word.Amount) ?>
<?cs call:ui_radios("channel", T.Sales.Refund.Channel, T.Channel) ?>
<?cs call:deed_reason(T.Sales.Cause) ?><?cs call:ui_field("note", T.Word.Note) ?>
<?cs if:SecondMax ?><p class="form-text"><?cs call:ui_icon("users") ?> <?cs var:SecondMax ?></p><?cs /if ?>
<div class="toolbar"><?cs call:ui_submit("chevron-right", T.Sales.Refund.Next) ?></div></form>
<?cs else ?><section class="card"><?cs call:ui_empty("coin-off", T.Sales.Refund.Nothing) ?></section><?cs /if ?>
<?cs call:deed_meter() ?></div>
