<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:Page.Title ?></h1><div class="toolbar"><?cs if:!IsNew ?><a class="btn btn-quiet" href="/settings/buses/<?cs var:Bus.Id ?>/test"><?cs call:ui_icon("plug") ?> <?cs var:T.Settings.Bus.Test ?></a><a class="btn btn-quiet" href="/settings/buses/<?cs var:Bus.Id ?>/scan"><?cs call:ui_icon("antenna") ?> <?cs var:T.Settings.Bus.Scan ?></a><?cs if:User.May.MeterEdit ?><a class="btn btn-quiet" href="/settings/meters?bus=<?cs var:Bus.Id ?>"><?cs call:ui_icon("gauge") ?> <?cs var:T.Settings.Bus.Meters ?> (<?cs var:Estimate.Meters ?>)</a><a class="btn btn-quiet" href="/settings/meters/new?bus=<?cs var:Bus.Id ?>"><?cs call:ui_icon("plus") ?> <?cs var:T.Settings.Meter.New ?></a><a class="btn btn-quiet" href="/settings/meters/box?bus=<?cs var:Bus.Id ?>"><?cs call:ui_icon("layout-grid") ?> <?cs var:T.Settings.Box.Title ?></a><?cs /if ?><?cs /if ?></div></div>
<?cs if:?Bus.DisabledAt.At ?><div class="notice notice-warning"><?cs call:ui_icon("player-stop") ?><div><?cs var:T.Settings.Bus.IsDisabled ?> <?cs call:ui_time(Bus.DisabledAt) ?></div></div><?cs /if ?>
<?cs if:Report.IsRefused ?><div class="notice notice-danger"><?cs call:ui_icon("alert-circle") ?><div><strong><?cs var:T.Settings.Bus.Refused ?></strong><br><?cs var:Report.Trouble ?></div></div><?cs /if ?>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<div class="form-beside">
<form method="post" action="<?cs if:IsNew ?>/settings/gateways/<?cs var:Gateway.Id ?>/bus<?cs else ?>/settings/buses/<?cs var:Bus.Id ?><?cs /if ?>" class="form card"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<?cs call:ui_field("name", T.Field.name) ?>
<?cs if:IsNew ?><input type="hidden" name="gateway" value="<?cs var:Gateway.Id ?>"><?cs else ?><?cs call:ui_choice("gateway", T.Word.Gateway, "") ?><?cs /if ?>
<fieldset class="group"><legend><?cs var:T.Settings.Bus.Reach ?></legend>
<?cs call:ui_radios("transport", T.Field.transport, T.Settings.Bus.Transport) ?>
<div class="fields"><?cs call:ui_input("host", T.Field.host, "text", "off", T.Settings.Bus.HostHint) ?><?cs call:ui_input("port", T.Field.port, "text", "off", T.Settings.Bus.PortHint) ?></div>
<?cs call:ui_input("device", T.Field.device, "text", "off", T.Settings.Bus.DeviceHint) ?></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Bus.LineTitle ?></legend>
<p class="form-text"><?cs var:T.Settings.Bus.LineHint ?></p>
<div class="fields"><?cs call:ui_choice("baud", T.Field.baud, "") ?><?cs call:ui_select("parity", T.Field.parity, T.Settings.Bus.Parity) ?><?cs call:ui_choice("stop_bits", T.Field.stop_bits, "") ?></div></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Bus.Timing ?></legend>
<div class="fields"><?cs call:ui_number_default("response_timeout_ms", T.Field.response_timeout_ms, T.Unit.Millisecond) ?><?cs call:ui_number_default("gap_ms", T.Field.gap_ms, T.Unit.Millisecond) ?></div>
<div class="fields"><?cs call:ui_number_default("status_period_s", T.Field.status_period_s, T.Unit.Second) ?><?cs call:ui_number_default("reading_period_s", T.Field.reading_period_s, T.Unit.Second) ?></div></fieldset>
<div class="toolbar"><?cs call:ui_submit("check", T.Word.Save) ?><a class="btn btn-quiet" href="/settings/gateways/<?cs var:Gateway.Id ?>"><?cs var:T.Word.Cancel ?></a></div>
</form>
<aside class="card" aria-label="<?cs var:T.Settings.Bus.Estimate ?>"><h2><?cs var:T.Settings.Bus.Estimate ?></h2>
<dl class="facts"><div><dt><?cs var:T.Word.Meters ?></dt><dd><?cs var:Estimate.Meters ?></dd></div><div><dt><?cs var:T.Settings.Bus.Wire ?></dt><dd><?cs var:Estimate.Wire ?> <?cs var:T.Unit.Second ?></dd></div><div><dt><?cs var:T.Settings.Bus.Round ?></dt><dd><?cs var:Estimate.Round ?> <?cs var:T.Unit.Second ?></dd></div><div><dt><?cs var:T.Settings.Bus.Oldest ?></dt><dd><?cs var:Estimate.Oldest ?> <?cs var:T.Unit.Second ?></dd></div><?cs if:Report.Round ?><div><dt><?cs var:T.Settings.Bus.LastRound ?></dt><dd><?cs var:Report.Round ?> <?cs var:T.Unit.Second ?></dd></div><?cs /if ?><?cs if:Report.Trouble ?><div><dt><?cs var:T.Settings.Bus.Trouble ?></dt><dd><?cs var:Report.Trouble ?></dd></div><?cs /if ?><?cs if:?Report.LostSince.At ?><div><dt><?cs var:T.Settings.Bus.LostSince ?></dt><dd><?cs call:ui_time(Report.LostSince) ?></dd></div><?cs /if ?><?cs if:?Report.Seen.At ?><div><dt><?cs var:T.Settings.Bus.Seen ?></dt><dd><?cs call:ui_time(Report.Seen) ?></dd></div><?cs /if ?></dl>
<?cs if:Estimate.IsLate ?><div class="notice notice-warning"><?cs call:ui_icon("alert-triangle") ?><div><?cs var:T.Settings.Bus.Late ?></div></div><?cs else ?><p class="form-text"><?cs var:T.Settings.Bus.Fresh ?></p><?cs /if ?>
<p class="form-text"><?cs var:T.Settings.Bus.EstimateHint ?></p></aside>
</div>
<?cs call:ui_changed() ?>
<?cs if:!IsNew ?><div class="toolbar"><form method="post" action="/settings/buses/<?cs var:Bus.Id ?>/<?cs if:?Bus.DisabledAt.At ?>enable<?cs else ?>disable<?cs /if ?>"><?cs call:ui_secret() ?><?cs call:ui_revision() ?><?cs if:?Bus.DisabledAt.At ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("check") ?> <?cs var:T.Settings.Bus.Enable ?></button><?cs else ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("player-stop") ?> <?cs var:T.Settings.Bus.Disable ?></button><?cs /if ?></form><a class="btn btn-quiet" href="/settings/buses/<?cs var:Bus.Id ?>/delete"><?cs call:ui_icon("trash") ?> <?cs var:T.Settings.Bus.Delete ?></a></div><?cs /if ?>
