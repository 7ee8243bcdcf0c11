<?cs include!"sales/_deed.cs" ?><?cs call:office_style() ?><?cs call:ui_crumbs() ?>
<?cs call:deed_head("adjust", "adjustments", T.Sales.Adjust.Title, T.Sales.Adjust.Lead) ?>
<?cs call:ui_errors() ?>
<div class="office-two">
<form method="post" action="/sales/adjust/<?cs var:Meter.Id ?>" class="card"><?cs call:ui_secret() ?><input type="hidden" name="key" value="<?cs var:Key ?>"><input type="hidden" name="account" value="<?cs var:Form.account.Value ?>">
<?cs call:ui_radios("way", T.Sales.Adjust.Way, T.Sales.Adjust.Ways) ?><?cs call:ui_money("amount", T.Word.Amount) ?>
<?cs call:deed_reason(T.Sales.Off) ?>
<div class="notice notice-warning"><?cs call:ui_icon("users") ?><div><?cs var:T.Sales.Adjust.Second ?></div></div>
<div class="toolbar"><?cs call:ui_submit("users", T.Sales.Adjust.Ask) ?></div></form>
<?cs call:deed_meter() ?></div>
