<?cs include!"sales/_office.cs" ?><?cs call:office_style() ?><?cs call:ui_crumbs() ?>
<div class="page-head"><div><h1><?cs var:Page.Title ?></h1><p class="form-text"><?cs call:office_day(Day) ?><?cs if:?Day.Closed.At ?> · <?cs call:ui_at(Day.Closed) ?> · <?cs var:Day.ClosedBy ?><?cs /if ?></p></div></div>
<?cs call:ui_errors() ?>
<div class="office-two">
<section class="card"><h2><?cs var:T.Sales.Day.Money ?></h2><dl class="facts"><div><dt><?cs var:T.Sales.Shift.Documents ?></dt><dd class="number"><?cs if:Day.Documents != "0" ?><a href="/sales/records?from=<?cs var:Day.Day ?>&amp;to=<?cs var:Day.Day ?>"><?cs var:Day.Documents ?></a><?cs else ?>0<?cs /if ?></dd></div><?cs call:office_money(T.Sales.Shift.Purchases, Day.Purchases) ?><?cs call:office_money(T.Sales.Shift.Payouts, Day.Payouts) ?></dl><h3><?cs var:T.Sales.Shift.ByChannel ?></h3><dl class="facts"><?cs call:office_channels(Day.Channel) ?><?cs call:office_money(T.Word.Total, Day.Total) ?></dl><h3><?cs var:T.Sales.Days.OverShort ?></h3><p><?cs call:office_match(Day.Match, Day.OverShort) ?></p></section>
<section class="card"><h2><?cs var:T.Sales.Day.End ?></h2>
<?cs if:!Day.IsOpen ?><p><?cs call:ui_icon("lock") ?> <?cs var:T.Sales.Day.IsClosed ?></p>
<?cs elif:?Blockers.0.Id ?><div class="notice notice-warning"><?cs call:ui_icon("alert-triangle") ?><div><strong><?cs var:T.Sales.Day.Blocked ?></strong><ul><?cs each:shift = Blockers ?><li><a href="/sales/shifts/<?cs var:shift.Id ?>"><?cs var:shift.Operator ?> · <?cs call:ui_at(shift.Opened) ?></a></li><?cs /each ?></ul></div></div>
<?cs else ?><p><?cs var:T.Sales.Day.Ask ?></p><?cs if:IsToday ?><p class="notice notice-warning"><?cs call:ui_icon("alert-triangle") ?> <span><?cs var:T.Sales.Day.TodayHint ?></span></p><?cs /if ?>
<form method="post" action="/sales/days/<?cs var:Day.Id ?>/close"><?cs call:ui_secret() ?><div class="toolbar"><?cs call:ui_submit("lock", T.Sales.Day.Close) ?><a class="btn btn-quiet" href="/sales/days"><?cs var:T.Word.Cancel ?></a></div></form><?cs /if ?></section>
</div>
