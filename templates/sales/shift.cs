<?cs include!"sales/_office.cs" ?><?cs call:office_style() ?><?cs if:IsOpen ?><div class="page-head"><div><h1><?cs var:T.Sales.Shift.Title ?></h1><p class="form-text"><?cs call:office_open("1") ?> · <?cs var:T.Sales.Shift.Opened ?> <?cs call:ui_at(Shift.Opened) ?></p></div><div class="toolbar"><a class="btn btn-quiet" href="/sales/counter"><?cs call:ui_icon("bolt") ?> <?cs var:T.Nav.Counter ?></a><a class="btn btn-primary" href="/sales/shift/close"><?cs call:ui_icon("calculator") ?> <?cs var:T.Sales.Shift.Close ?></a></div></div>
<?cs if:IsOverCeiling ?><div class="notice notice-warning" role="status"><?cs call:ui_icon("alert-triangle") ?><div><strong><?cs var:T.Sales.Shift.CeilingReached ?></strong><p><?cs var:T.Sales.Shift.CeilingAdvice ?></p></div></div><?cs /if ?>
<div class="kpis">
<section class="kpi<?cs if:IsOverCeiling ?> kpi-bad<?cs /if ?>"><h2><?cs var:T.Sales.Shift.Drawer ?></h2><p class="kpi-value"><?cs var:Shift.Expected ?></p><p><?cs var:T.Sales.Shift.Float ?> <?cs var:Shift.Float ?><?cs if:Ceiling ?> · <?cs var:T.Sales.Shift.Ceiling ?> <?cs var:Ceiling ?><?cs /if ?></p></section>
<section class="kpi"><h2><?cs var:T.Sales.Shift.Documents ?></h2><p class="kpi-value"><?cs var:Shift.Documents ?></p><p><?cs if:Shift.Documents != "0" ?><a href="/sales/records?shift=<?cs var:Shift.Id ?>"><?cs var:T.Sales.Shift.ShowDocuments ?></a><?cs /if ?></p></section>
<section class="kpi"><h2><?cs var:T.Sales.Shift.Purchases ?></h2><p class="kpi-value"><?cs var:Shift.Purchases ?></p><p><?cs var:T.Sales.Shift.PurchasesHint ?></p></section>
<section class="kpi"><h2><?cs var:T.Sales.Shift.Payouts ?></h2><p class="kpi-value"><?cs var:Shift.Payouts ?></p><p><?cs var:T.Sales.Shift.PayoutsHint ?></p></section>
</div>
<section class="card office-narrow"><h2><?cs var:T.Sales.Shift.ByChannel ?></h2><dl class="facts"><?cs call:office_channels(Shift.Channel) ?></dl><p class="form-text"><?cs var:T.Sales.Shift.ByChannelHint ?></p></section>
<?cs else ?><?cs call:ui_title(T.Sales.Shift.Title) ?>
<?cs call:ui_errors() ?>
<form method="post" action="/sales/shift" class="form card office-narrow"><?cs call:ui_secret() ?><h2><?cs var:T.Sales.Shift.None ?></h2><p><?cs var:T.Sales.Shift.NoneHint ?></p>
<?cs call:ui_money("drawer", T.Sales.Shift.Float) ?><p class="form-text"><?cs var:T.Sales.Shift.FloatHint ?></p>
<?cs call:ui_submit("player-play", T.Sales.Shift.Open) ?></form><?cs /if ?>
<?cs if:?Last.0.Id ?><section class="card"><h2><?cs var:T.Sales.Shift.Last ?></h2>
<div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Sales.Shift.Last ?></caption>
<thead><tr><th scope="col"><?cs var:T.Sales.Shift.Opened ?></th><th scope="col"><?cs var:T.Sales.Shift.Closed ?></th><th scope="col" class="number"><?cs var:T.Sales.Shift.Documents ?></th><th scope="col" class="number"><?cs var:T.Sales.Shift.Counted ?></th><th scope="col"><?cs var:T.Sales.Shift.Result ?></th></tr></thead>
<tbody><?cs each:shift = Last ?><tr><td data-label="<?cs var:T.Sales.Shift.Opened ?>"><a href="/sales/shift/<?cs var:shift.Id ?>"><?cs call:ui_at(shift.Opened) ?></a></td><td data-label="<?cs var:T.Sales.Shift.Closed ?>"><?cs call:ui_at(shift.Closed) ?></td><td class="number" data-label="<?cs var:T.Sales.Shift.Documents ?>"><?cs var:shift.Documents ?></td><td class="number" data-label="<?cs var:T.Sales.Shift.Counted ?>"><?cs var:shift.Counted ?></td><td data-label="<?cs var:T.Sales.Shift.Result ?>"><?cs call:office_match(shift.Match, shift.Difference) ?></td></tr>
<?cs /each ?></tbody></table></div></section><?cs /if ?>
