<h2><?cs var:T.Accounts.Open.Step.Terms ?></h2><?cs if:IsSeveral ?><p class="form-text"><?cs var:T.Accounts.Open.TermsForAll ?></p><?cs /if ?>
<?cs call:ui_choice("tariff", T.Accounts.Open.Tariff, T.Accounts.Open.TariffHint) ?>
<div class="fields"><?cs call:ui_money_default("alarm1", T.Field.alarm1) ?><?cs call:ui_money_default("alarm2", T.Field.alarm2) ?><?cs call:ui_money_default("overdraft", T.Field.overdraft) ?><?cs call:ui_number_default("overload_w", T.Field.overload_w, T.Unit.W) ?></div>
<?cs call:ui_radios("hold_mode", T.Field.hold_mode, T.Settings.Meter.Hold) ?>
<?cs call:ui_check("is_protected", T.Settings.Meter.Protected) ?>
