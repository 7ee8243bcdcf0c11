<?cs if:!Page.IsFragment ?><?cs call:ui_title(T.Accounts.Overview.Title) ?>
<div id="overview" hx-get="/accounts/overview" hx-trigger="every 15s" hx-swap="innerMorph">
<?cs /if ?><?cs if:Meters == "0" ?>
<?cs call:ui_empty("plug", T.Accounts.Board.NoMeters) ?>
<?cs else ?>
<ul class="state-counts" aria-label="<?cs var:T.Word.State ?>">
<?cs each:state = States ?><li><a class="state-count status-<?cs var:state.Status ?><?cs if:state.Count == "0" ?> is-zero<?cs /if ?>" href="<?cs var:state.Href ?>" title="<?cs var:T.Status[state.Status].Hint ?>"><span><svg class="icon" aria-hidden="true"><use href="<?cs var:Asset.IconsSvg ?>#status-<?cs var:state.Status ?>"/></svg> <?cs var:T.Status[state.Status] ?></span><b><?cs var:state.Count ?></b></a></li>
<?cs /each ?></ul>
<?cs /if ?>
<?cs if:?Approvals ?><p class="notice notice-warning" id="approvals"><?cs call:ui_icon("rubber-stamp") ?> <a href="/sales/approvals"><?cs var:T.Accounts.Overview.Approvals ?> <b><?cs var:Approvals ?></b></a></p><?cs /if ?>
<div class="kpis">
<section class="kpi"><h2><?cs call:ui_icon("bolt") ?> <?cs var:T.Accounts.Overview.Today ?></h2>
<p class="kpi-value"><?cs var:Today ?> <small><?cs var:T.Unit.Kwh ?></small></p>
<p><?cs if:Change ?><?cs var:T.Accounts.Overview.Yesterday ?> <?cs var:Yesterday ?> <?cs var:T.Unit.Kwh ?> (<?cs var:Change ?>)<?cs elif:Until ?><?cs var:T.Accounts.Overview.NoYesterday ?><?cs else ?><?cs var:T.Accounts.Overview.NoReading ?><?cs /if ?></p>
<p><?cs if:Until ?><?cs var:T.Accounts.Overview.Until ?> <?cs var:Until ?><?cs /if ?><?cs if:MainToday ?> · <?cs var:T.Accounts.Overview.Main ?> <?cs var:MainToday ?> <?cs var:T.Unit.Kwh ?><?cs /if ?></p></section>

<section class="kpi"><h2><?cs call:ui_icon("gauge") ?> <?cs var:T.Accounts.Overview.Power ?></h2>
<p class="kpi-value"><?cs var:Power ?> <small><?cs var:T.Unit.Kw ?></small></p>
<p><?cs if:?Oldest.Id ?><?cs var:T.Accounts.Overview.Oldest ?> <?cs call:ui_time(Oldest.Seen) ?></p>
<p><a href="/accounts/meters/<?cs var:Oldest.Id ?>"><?cs var:Oldest.Title ?></a><?cs else ?><?cs var:T.Accounts.Overview.NothingRead ?><?cs /if ?></p></section>

<?cs if:?Sold.Amount ?><section class="kpi"><h2><?cs call:ui_icon("receipt") ?> <?cs var:T.Accounts.Overview.Sold ?></h2>
<p class="kpi-value"><a href="/sales/records?days=today"><?cs var:Sold.Amount ?></a></p>
<p><?cs var:T.Accounts.Overview.SoldCount ?> <?cs var:Sold.Count ?> · <?cs var:T.Accounts.Overview.SoldBefore ?> <?cs var:Sold.Before ?></p></section>

<?cs /if ?><section class="kpi"><h2><?cs call:ui_icon("coin") ?> <?cs var:T.Accounts.Overview.Credit ?></h2>
<p class="kpi-value"><?cs var:Credit ?></p>
<p><?cs if:EndingCount == "0" ?><?cs var:T.Accounts.Overview.EndingNone ?><?cs else ?><a href="/accounts/board?sort=days"><?cs var:T.Accounts.Overview.Ending ?> <b><?cs var:EndingCount ?></b></a><?cs /if ?></p></section>

<section class="kpi<?cs if:Gateways.IsShort ?> kpi-bad<?cs /if ?>"><h2><?cs call:ui_icon("router") ?> <?cs var:T.Accounts.Overview.Gateways ?></h2>
<p class="kpi-value"><?cs if:User.May.BusView ?><a href="/accounts/gateways"><?cs var:Gateways.Online ?> / <?cs var:Gateways.Total ?></a><?cs else ?><?cs var:Gateways.Online ?> / <?cs var:Gateways.Total ?><?cs /if ?> <small><?cs var:T.Accounts.Overview.Online ?></small></p>
<p><?cs if:Slowest.Name ?><?cs var:T.Accounts.Overview.Slowest ?> <?cs var:Slowest.Round ?> <?cs var:T.Unit.Second ?></p>
<p><?cs if:User.May.BusView ?><a href="/accounts/gateways/<?cs var:Slowest.GatewayId ?>"><?cs var:Slowest.Name ?></a><?cs else ?><?cs var:Slowest.Name ?><?cs /if ?><?cs else ?><?cs var:T.Accounts.Overview.NoRound ?><?cs /if ?></p></section>
</div>

<div class="halves">
<section class="card" aria-labelledby="ending"><h2 id="ending"><?cs var:T.Accounts.Overview.EndingTitle ?></h2>
<?cs if:EndingCount == "0" ?><?cs call:ui_empty("circle-check", T.Accounts.Overview.EndingEmpty) ?><?cs else ?>
<div class="table-wrap"><table class="list compact"><caption class="visually-hidden"><?cs var:T.Accounts.Overview.EndingTitle ?></caption>
<thead><tr><th scope="col"><?cs var:T.Word.Tenant ?></th><th scope="col"><?cs var:T.Word.State ?></th><th scope="col" class="number"><?cs var:T.Word.Balance ?> (<?cs var:T.Unit.Yuan ?>)</th><th scope="col" class="number"><?cs var:T.Accounts.Overview.Lasts ?></th></tr></thead>
<tbody><?cs each:meter = Ending ?><tr><td><a href="/accounts/meters/<?cs var:meter.Id ?>"><?cs var:meter.Place ?> · <?cs var:meter.Name ?></a> <small><?cs call:ui_time(meter.Seen) ?></small></td><td><?cs call:ui_status(meter.Status) ?></td><td class="number<?cs if:meter.IsNegative ?> negative<?cs /if ?>"><?cs var:meter.Credit ?></td><td class="number"><?cs var:meter.Lasts ?></td></tr>
<?cs /each ?></tbody></table></div>
<p><a href="/accounts/board?sort=days"><?cs var:T.Accounts.Overview.EndingAll ?></a></p>
<?cs /if ?></section>

<section class="card" aria-labelledby="running"><h2 id="running"><?cs var:T.Accounts.Overview.Alarms ?> <?cs if:AlarmCount != "0" ?><b><?cs var:AlarmCount ?></b><?cs /if ?></h2>
<?cs if:AlarmCount == "0" ?><?cs call:ui_empty("circle-check", T.Accounts.Overview.AlarmsEmpty) ?><?cs else ?>
<ul class="events"><?cs each:alarm = Alarms ?><li><?cs call:ui_icon("bell") ?><div><a class="text-decoration-underline" href="/accounts/alarms/<?cs var:alarm.Id ?>"><strong><?cs var:T.Alarm[alarm.Kind] ?></strong></a> <?cs if:alarm.Href ?><a class="text-decoration-underline" href="<?cs var:alarm.Href ?>"><?cs var:alarm.Place ?> <?cs var:alarm.Subject ?></a><?cs else ?><?cs var:alarm.Place ?> <?cs var:alarm.Subject ?><?cs /if ?><?cs if:alarm.Folded ?> <small>(<?cs var:T.Accounts.Overview.Folded ?> <?cs var:alarm.Folded ?>)</small><?cs /if ?><br><small><?cs var:alarm.Detail ?></small> <?cs call:ui_time(alarm.Began) ?></div></li>
<?cs /each ?></ul>
<p><a href="/accounts/alarms"><?cs var:T.Accounts.Overview.AlarmsShow ?></a> · <a href="/accounts/board?st=lost"><?cs var:T.Accounts.Overview.AlarmsAll ?></a></p>
<?cs /if ?></section>
</div>
<?cs if:!Page.IsFragment ?></div>

<section class="card" aria-labelledby="days"><h2 id="days"><?cs var:T.Accounts.Overview.Days ?></h2>
<?cs if:HasDays ?>
<figure class="chart" data-chart-of="use" aria-label="<?cs var:T.Accounts.Overview.Days ?>"></figure>
<details><summary><?cs var:T.Accounts.ShowTable ?></summary>
<div class="table-wrap"><table class="list compact" id="use" data-chart="bar"><caption class="visually-hidden"><?cs var:T.Accounts.Overview.Days ?></caption>
<thead><tr><th scope="col"><?cs var:T.Word.Day ?></th><th scope="col"><?cs var:T.Accounts.Overview.Weekday ?></th><th scope="col" class="number" data-series data-unit="<?cs var:T.Unit.Kwh ?>"><?cs var:T.Word.Usage ?> (<?cs var:T.Unit.Kwh ?>)</th></tr></thead>
<tbody><?cs each:day = Days ?><tr><th scope="row"><?cs var:day.Short ?></th><td data-label="<?cs var:T.Accounts.Overview.Weekday ?>"><?cs var:day.Weekday ?></td><td class="number" data-label="<?cs var:T.Word.Usage ?>"<?cs if:?day.Value ?> data-value="<?cs var:day.Value ?>"<?cs /if ?>><?cs if:?day.Used ?><?cs var:day.Used ?><?cs if:day.IsToday ?> <small><?cs var:T.Accounts.Overview.SoFar ?></small><?cs /if ?><?cs else ?><span class="missing"><?cs var:T.Accounts.NoData ?></span><?cs /if ?></td></tr>
<?cs /each ?></tbody></table></div></details>
<?cs else ?><?cs call:ui_empty("chart-bar", T.Accounts.Overview.DaysEmpty) ?><?cs /if ?></section>
<?cs call:ui_chart_scripts() ?><?cs /if ?>
