<?cs include!"settings/_places.cs" ?>
<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:Page.Title ?></h1><div class="toolbar"><?cs if:!IsNew ?><?cs if:User.May.MeterView ?><a class="btn btn-quiet" href="/accounts/meters/<?cs var:Meter.Id ?>"><?cs call:ui_icon("gauge") ?> <?cs var:T.Settings.Meter.Watch ?></a><?cs /if ?><?cs if:User.May.GatewayEdit ?><a class="btn btn-quiet" href="/settings/buses/<?cs var:Meter.BusId ?>"><?cs call:ui_icon("router") ?> <?cs var:T.Word.Bus ?></a><?cs /if ?><?cs /if ?></div></div>
<?cs if:?Meter.Removed.At ?><div class="notice notice-warning"><?cs call:ui_icon("plug-off") ?><div><?cs var:T.Settings.Meter.RemovedSince ?> <?cs call:ui_at(Meter.Removed) ?>. <?cs var:T.Settings.Meter.RemovedHint ?></div></div><?cs /if ?>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<?cs if:!IsNew ?><div class="form-beside"><?cs /if ?>
<form method="post" action="/settings/meters/<?cs if:IsNew ?>new<?cs else ?><?cs var:Meter.Id ?><?cs if:?Meter.Removed.At ?>/reinstall<?cs /if ?><?cs /if ?>" class="form card"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<fieldset class="group"><legend><?cs var:T.Settings.Meter.What ?></legend>
<div class="fields"><?cs call:ui_input("number", T.Field.number, "text", "off", T.Settings.Meter.NumberHint) ?><?cs call:ui_choice("model", T.Field.model, "") ?></div>
<?cs call:place_field(T.Field.place, T.Settings.Meter.PlaceHint) ?><?cs call:ui_input("name", T.Field.name, "text", "off", T.Settings.Meter.NameHint) ?></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Meter.Where ?></legend>
<div class="fields"><?cs call:ui_choice("bus", T.Field.bus, "") ?><?cs call:ui_input("unit", T.Field.unit, "text", "off", T.Settings.Meter.UnitHint) ?><?cs call:ui_input("box_position", T.Field.box_position, "text", "off", T.Settings.Meter.BoxHint) ?></div>
<?cs call:ui_radios("phases", T.Field.phases, T.Phases) ?></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Meter.Ratios ?></legend>
<div class="fields"><?cs call:ui_number_default("ct_ratio", T.Field.ct_ratio, "") ?><?cs call:ui_number_default("pt_ratio", T.Field.pt_ratio, "") ?><?cs call:ui_number_default("rated_power_w", T.Field.rated_power_w, T.Unit.W) ?></div></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Meter.Credit ?></legend>
<?cs call:ui_radios("credit_mode", T.Field.credit_mode, T.CreditMode) ?>
<div class="fields"><?cs call:ui_money_default("alarm1", T.Field.alarm1) ?><?cs call:ui_money_default("alarm2", T.Field.alarm2) ?><?cs call:ui_money_default("overdraft", T.Field.overdraft) ?></div></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Meter.Limits ?></legend>
<?cs call:ui_check("is_protected", T.Settings.Meter.Protected) ?>
<div class="fields"><?cs call:ui_number_default("overload_w", T.Field.overload_w, T.Unit.W) ?></div>
<?cs call:ui_radios("hold_mode", T.Field.hold_mode, T.Settings.Meter.Hold) ?><p class="form-text"><?cs var:T.Settings.Meter.HoldHint ?> <?cs var:Form.hold_mode.Default ?></p></fieldset>
<?cs call:ui_field("note", T.Field.note) ?>
<div class="toolbar"><?cs if:?Meter.Removed.At ?><?cs call:ui_submit("plug", T.Settings.Meter.Reinstall) ?><?cs else ?><?cs call:ui_submit("check", T.Word.Save) ?><?cs /if ?><a class="btn btn-quiet" href="/settings/meters"><?cs var:T.Word.Cancel ?></a><?cs if:!IsNew && !?Meter.Removed.At ?><a class="btn btn-quiet end" href="/settings/meters/<?cs var:Meter.Id ?>/remove"><?cs call:ui_icon("plug-off") ?> <?cs var:T.Settings.Meter.Remove ?></a><?cs /if ?></div>
</form>
<?cs if:!IsNew ?><aside class="card" aria-label="<?cs var:T.Settings.Meter.Now ?>"><h2><?cs var:T.Settings.Meter.Now ?></h2><dl class="facts"><?cs if:Account.Id ?><div><dt><?cs var:T.Word.Account ?></dt><dd><?cs if:User.May.MeterView ?><a href="/accounts/meters/<?cs var:Meter.Id ?>"><?cs var:Account.Name ?></a><?cs else ?><?cs var:Account.Name ?><?cs /if ?> <small><?cs var:Account.Number ?></small></dd></div><?cs else ?><div><dt><?cs var:T.Word.Account ?></dt><dd><?cs var:T.Settings.Meter.NoAccount ?></dd></div><?cs /if ?><div><dt><?cs var:T.Word.LastRead ?></dt><dd><?cs call:ui_time(Meter.Read) ?></dd></div><?cs if:Meter.Energy ?><div><dt><?cs var:T.Word.Energy ?></dt><dd><?cs var:Meter.Energy ?> <?cs var:T.Unit.Kwh ?></dd></div><?cs /if ?><div><dt><?cs var:T.Settings.Meter.InstalledAt ?></dt><dd><?cs call:ui_at(Meter.Installed) ?></dd></div></dl></aside></div><?cs /if ?>
<?cs call:ui_changed() ?>
