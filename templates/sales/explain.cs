<?cs include!"sales/_deed.cs" ?><?cs call:office_style() ?><?cs call:ui_crumbs() ?>
<?cs call:deed_head("held", "ban", T.Sales.Explain.Title, T.Sales.Explain.Lead) ?>
<?cs call:ui_errors() ?>
<div class="office-two">
<section class="card"><h2><?cs var:T.Sales.Explain.Meter ?></h2><dl class="facts"><div><dt><?cs var:T.Word.Meter ?></dt><dd class="breaks"><?cs var:One.Place ?> · <a href="/accounts/meters/<?cs var:One.Meter ?>"><?cs var:One.Number ?></a><?cs if:One.IsLost ?> <?cs call:ui_status("lost") ?><?cs /if ?></dd></div><div><dt><?cs var:T.Word.Tenant ?></dt><dd class="breaks"><?cs if:One.Tenant ?><?cs var:One.Tenant ?><?cs else ?>—<?cs /if ?></dd></div><div><dt><?cs var:T.Sales.Held.Since ?></dt><dd><?cs call:ui_at(One.Began) ?></dd></div><div><dt><?cs var:T.Sales.Held.Why ?></dt><dd class="breaks"><?cs if:One.IsCountOff ?><?cs var:T.Alarm.count_mismatch ?><?cs /if ?><?cs if:One.IsCreditOff ?> <?cs var:T.Alarm.balance_drift ?><?cs /if ?></dd></div></dl>
<h3><?cs var:T.Sales.Approval.Figures ?></h3><div class="table-wrap"><table class="list compact"><caption class="visually-hidden"><?cs var:T.Sales.Approval.Figures ?></caption><thead><tr><th scope="col"><?cs var:T.Word.Reading ?></th><?cs call:office_figures_head() ?></tr></thead>
<tbody><tr><th scope="row"><?cs var:T.Sales.Held.Expected ?> <small><?cs call:ui_time(One.Expected.At) ?></small></th><td class="number"><?cs var:One.Expected.Count ?></td><td class="number"><?cs var:One.Ledger ?></td><td class="number"><?cs if:One.Expected.Energy ?><?cs var:One.Expected.Energy ?><?cs else ?>—<?cs /if ?></td></tr>
<tr class="is-seen"><th scope="row"><?cs var:T.Sales.Held.Newest ?> <small><?cs call:ui_time(One.Now.At) ?></small></th><?cs call:office_figures(One.Now) ?></tr></tbody></table></div>
<?cs if:One.Difference ?><p><?cs var:T.Sales.Shift.Difference ?> <b class="number"><?cs var:One.Difference ?></b></p><?cs /if ?></section>
<section class="card"><h2><?cs var:T.Sales.Explain.Adopt ?></h2>
<?cs if:One.HasHeld ?><div class="notice notice-danger"><?cs call:ui_icon("hand-stop") ?><div><?cs var:T.Error.HeldFirst ?> <a href="/sales/held"><?cs var:T.Sales.Held.Title ?></a></div></div>
<?cs elif:?One.Approval ?><?cs call:held_waits(One) ?>
<?cs else ?><p><?cs var:T.Sales.Explain.AdoptText ?></p>
<form method="post" action="/sales/explain/<?cs var:One.Meter ?>"><?cs call:ui_secret() ?>
<div class="fields"><?cs call:ui_number("count", T.Word.PurchaseCount, T.Unit.Times) ?><?cs call:ui_money("credit", T.Sales.Deed.Credit) ?><?cs call:ui_number("energy", T.Sales.Held.Energy, T.Unit.Kwh) ?></div>
<?cs call:ui_input("reason", T.Sales.Explain.Reason, "text", "off", T.Sales.Explain.ReasonHint) ?>
<div class="toolbar"><?cs call:ui_submit("users", T.Sales.Adjust.Ask) ?><a class="btn btn-quiet" href="/sales/held"><?cs var:T.Word.Cancel ?></a></div></form><?cs /if ?></section>
</div>
