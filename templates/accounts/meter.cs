<?cs if:!Page.IsFragment ?><div class="page-head"><div><p class="crumbs"><a href="/accounts/board"><?cs var:T.Nav.Board ?></a><?cs if:Meter.Building ?> › <a href="/accounts/board?b=<?cs var:Meter.BuildingId ?>"><?cs var:Meter.Building ?></a><?cs /if ?><?cs if:Meter.Floor ?> › <a href="/accounts/board?b=<?cs var:Meter.BuildingId ?>&amp;f=<?cs var:Meter.FloorId ?>"><?cs var:Meter.Floor ?></a><?cs /if ?></p><h1><?cs var:Meter.Title ?></h1></div>
<div class="toolbar"><?cs call:ui_status_before(Meter.Status, Meter.Before) ?><?cs call:ui_time(Meter.Seen) ?></div></div>
<div id="live" hx-get="<?cs var:Page.Path ?>" hx-trigger="every 15s" hx-swap="innerMorph">
<?cs /if ?><?cs if:?Meter.LostSince.At ?><p class="notice notice-danger"><?cs call:ui_icon("wifi-off") ?><span><?cs var:T.Accounts.Meter.LostNote ?> <?cs call:ui_at(Meter.LostSince) ?> (<?cs call:ui_time(Meter.LostSince) ?>)</span></p><?cs /if ?>
<?cs if:Doubt ?><p class="notice notice-danger"><?cs call:ui_icon("alert-triangle") ?><span><?cs var:T.Accounts.Meter.DoubtNote ?> <?cs var:Doubt ?></span></p><?cs /if ?>
<div class="thirds">
<section class="card" aria-labelledby="now"><h2 id="now"><?cs var:T.Accounts.Meter.Now ?> <?cs call:ui_time(Meter.Seen) ?></h2>
<?cs if:HasState ?>
<div class="table-wrap"><table class="list values"><caption class="visually-hidden"><?cs var:T.Accounts.Meter.Now ?></caption>
<thead><tr><?cs if:IsThreePhase ?><th scope="col"><?cs var:T.Word.Phase ?></th><?cs /if ?><th scope="col" class="number"><?cs var:T.Word.Voltage ?> (<?cs var:T.Unit.V ?>)</th><th scope="col" class="number"><?cs var:T.Word.Current ?> (<?cs var:T.Unit.A ?>)</th><th scope="col" class="number"><?cs var:T.Word.Power ?> (<?cs var:T.Unit.Kw ?>)</th></tr></thead>
<tbody><?cs each:phase = Phases ?><tr><?cs if:IsThreePhase ?><th scope="row" data-label="<?cs var:T.Word.Phase ?>"><?cs var:phase.Name ?></th><?cs /if ?><td class="number" data-label="<?cs var:T.Word.Voltage ?>"><?cs if:phase.Voltage ?><?cs var:phase.Voltage ?><?cs else ?>—<?cs /if ?></td><td class="number" data-label="<?cs var:T.Word.Current ?>"><?cs if:phase.Current ?><?cs var:phase.Current ?><?cs else ?>—<?cs /if ?></td><td class="number" data-label="<?cs var:T.Word.Power ?>"><?cs if:?phase.Power ?><?cs var:phase.Power ?><?cs elif:IsThreePhase ?>—<?cs else ?><?cs if:Sum.Power ?><?cs var:Sum.Power ?><?cs else ?>—<?cs /if ?><?cs /if ?></td></tr><?cs /each ?></tbody></table></div>
<dl class="facts"><?cs if:IsThreePhase ?><div><dt><?cs var:T.Accounts.Meter.PowerTotal ?></dt><dd><?cs if:Sum.Power ?><?cs var:Sum.Power ?><?cs else ?>—<?cs /if ?> <?cs var:T.Unit.Kw ?> <?cs call:ui_time(Meter.Seen) ?></dd></div><?cs /if ?><?cs if:?Sum.Reactive ?><div><dt><?cs var:T.Word.Reactive ?></dt><dd><?cs var:Sum.Reactive ?> <?cs var:T.Unit.Kvar ?> <?cs call:ui_time(Meter.Seen) ?></dd></div><?cs /if ?><?cs if:?Sum.Factor ?><div><dt><?cs var:T.Word.PowerFactor ?></dt><dd><?cs var:Sum.Factor ?> <?cs call:ui_time(Meter.Seen) ?></dd></div><?cs /if ?></dl>
<?cs else ?><?cs call:ui_empty("clock", T.Accounts.Meter.NeverRead) ?><?cs /if ?></section>

<section class="card" aria-labelledby="counters"><h2 id="counters"><?cs var:T.Accounts.Meter.Counters ?></h2>
<?cs if:HasState ?><dl class="facts"><?cs each:value = Values ?><div><dt><?cs var:value.Label ?></dt><dd<?cs if:value.IsNegative ?> class="negative"<?cs /if ?>><b><?cs var:value.Value ?></b> <?cs var:value.Unit ?><?cs if:value.Note ?> <span class="<?cs if:value.IsBad ?>negative<?cs else ?>before<?cs /if ?>"><?cs var:value.Note ?></span><?cs /if ?> <?cs call:ui_time(Meter.Seen) ?></dd></div><?cs /each ?><?cs if:?Meter.Lasts ?><div><dt><?cs var:T.Accounts.Overview.Lasts ?></dt><dd><?cs var:Meter.Lasts ?></dd></div><?cs /if ?></dl>
<?cs else ?><?cs call:ui_empty("clock", T.Accounts.Meter.NeverRead) ?><?cs /if ?></section>

<section class="card" aria-labelledby="switch"><h2 id="switch"><?cs var:T.Word.Relay ?></h2>
<?cs if:HasState ?><p class="relay"><?cs call:ui_switch(Relay.State) ?> <?cs call:ui_time(Meter.Seen) ?></p>
<?cs if:?Relay.Phases.0.Name ?><p class="relay-phases"><?cs each:phase = Relay.Phases ?><span><?cs var:phase.Name ?> <?cs var:T.Switch[phase.State] ?></span><?cs /each ?></p><?cs /if ?>
<p class="why<?cs if:Relay.IsBad ?> why-bad<?cs /if ?>"><?cs var:Relay.Why ?><?cs if:Relay.Also ?> <?cs var:Relay.Also ?><?cs /if ?></p>
<?cs if:?Sources.0.Key ?><dl class="facts"><?cs each:source = Sources ?><div><dt><?cs var:T.Accounts.Source[source.Key] ?></dt><dd<?cs if:source.IsOpening ?> class="negative"<?cs /if ?>><?cs var:T.Accounts.SourceState[source.State] ?></dd></div><?cs /each ?></dl><?cs /if ?>
<?cs else ?><?cs call:ui_empty("help-circle", T.Accounts.Meter.NeverRead) ?><?cs /if ?></section>
</div>
<?cs if:!Page.IsFragment ?></div>
<details class="card plate"><summary><?cs var:T.Accounts.Meter.Plate ?>: <?cs var:Meter.Number ?> · <?cs var:Meter.Maker ?> <?cs var:Meter.Model ?> · <?cs var:T.Phases[Meter.Phases] ?></summary>
<dl class="facts facts-wide"><div><dt><?cs var:T.Word.Number ?></dt><dd><?cs var:Meter.Number ?></dd></div><div><dt><?cs var:T.Word.Model ?></dt><dd><?cs var:Meter.Maker ?> <?cs var:Meter.Model ?></dd></div><div><dt><?cs var:T.Word.Mode ?></dt><dd><?cs var:T.CreditMode[Meter.Mode] ?></dd></div><?cs if:Meter.Ratio ?><div><dt><?cs var:T.Word.Ratio ?></dt><dd><?cs var:Meter.Ratio ?></dd></div><?cs /if ?><div><dt><?cs var:T.Word.Gateway ?></dt><dd><?cs if:Meter.GatewayHref ?><a href="<?cs var:Meter.GatewayHref ?>"><?cs var:Meter.Gateway ?> · <?cs var:Meter.Bus ?></a><?cs else ?><?cs var:Meter.Gateway ?> · <?cs var:Meter.Bus ?><?cs /if ?></dd></div><div><dt><?cs var:T.Word.Unit ?></dt><dd><?cs var:Meter.Unit ?></dd></div><?cs if:Meter.AccountNumber ?><div><dt><?cs var:T.Accounts.Meters.AccountNumber ?></dt><dd><?cs var:Meter.AccountNumber ?></dd></div><?cs /if ?><?cs if:Meter.Phone ?><div><dt><?cs var:T.Accounts.Meters.Phone ?></dt><dd><?cs var:Meter.Phone ?></dd></div><?cs /if ?><?cs if:Meter.IsProtected ?><div><dt><?cs var:T.Word.Protected ?></dt><dd><?cs var:T.Word.Yes ?></dd></div><?cs /if ?></dl></details>

<nav class="tabs" aria-label="<?cs var:Meter.Title ?>"><?cs each:tab = Tabs ?><a href="<?cs var:tab.Href ?>#tab"<?cs if:tab.Current ?> aria-current="page"<?cs /if ?>><?cs var:T.Accounts.Meter[tab.Key] ?></a><?cs /each ?></nav>
<section id="tab" aria-label="<?cs var:T.Accounts.Meter.TabUsage ?>">
<?cs call:ui_errors() ?>
<?cs if:Tab == "readings" ?><?cs include!"accounts/_meter_readings.cs" ?><?cs elif:Tab == "link" ?><?cs include!"accounts/_meter_link.cs" ?><?cs else ?><?cs include!"accounts/_meter_usage.cs" ?><?cs /if ?>
</section><?cs /if ?>
