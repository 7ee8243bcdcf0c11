<?cs include!"sales/_deed.cs" ?><?cs call:office_style() ?><?cs call:ui_crumbs() ?>
<?cs call:deed_head("held", "hand-stop", T.Sales.HeldOne.Title, T.Sales.HeldOne.Lead) ?>
<?cs call:ui_errors() ?>
<div class="office-two">
<section class="card"><h2><?cs var:T.Sales.HeldOne.Order ?></h2><dl class="facts"><div><dt><?cs var:T.Sales.Deed.Number ?></dt><dd><a href="/sales/<?cs var:One.Sale ?>"><?cs var:One.Receipt ?></a></dd></div><div><dt><?cs var:T.Sales.Deed.Kind ?></dt><dd><?cs var:T.Sale.Kind[One.SaleKind] ?> · <?cs var:T.Delivery.Kind[One.Kind] ?></dd></div><div><dt><?cs var:T.Word.Amount ?></dt><dd class="number"><b><?cs var:One.Amount ?></b></dd></div><div><dt><?cs var:T.Word.Tenant ?></dt><dd class="breaks"><?cs var:One.Tenant ?></dd></div><div><dt><?cs var:T.Word.Meter ?></dt><dd class="breaks"><?cs var:One.Place ?> · <a href="/accounts/meters/<?cs var:One.Meter ?>"><?cs var:One.Number ?></a><?cs if:One.IsLost ?> <?cs call:ui_status("lost") ?><?cs /if ?></dd></div><div><dt><?cs var:T.Word.Operator ?></dt><dd><?cs var:One.By ?></dd></div><div><dt><?cs var:T.Sales.HeldOne.Sends ?></dt><dd class="number"><?cs var:One.Sends ?></dd></div><?cs if:?One.Sent.At ?><div><dt><?cs var:T.Sales.HeldOne.Sent ?></dt><dd><?cs call:ui_at(One.Sent) ?></dd></div><?cs /if ?><div><dt><?cs var:T.Sales.Held.Since ?></dt><dd><?cs call:ui_at(One.Held) ?></dd></div></dl>
<p class="why why-bad"><?cs var:One.Outcome ?></p>
<h3><?cs var:T.Sales.Approval.Figures ?></h3><div class="table-wrap"><table class="list compact"><caption class="visually-hidden"><?cs var:T.Sales.Approval.Figures ?></caption><thead><tr><th scope="col"><?cs var:T.Word.Reading ?></th><?cs call:office_figures_head() ?></tr></thead>
<tbody><tr><th scope="row"><?cs var:T.Sales.HeldOne.Before ?></th><td class="number"><?cs var:One.Expected.Count ?></td><td class="number"><?cs if:One.Before ?><?cs var:One.Before ?><?cs else ?>—<?cs /if ?></td><td class="number">—</td></tr>
<tr><th scope="row"><?cs var:T.Sales.HeldOne.After ?></th><td class="number"><?cs if:?One.WantCount ?><?cs var:One.WantCount ?><?cs else ?>—<?cs /if ?></td><td class="number"><?cs if:One.After ?><?cs var:One.After ?><?cs else ?>—<?cs /if ?></td><td class="number">—</td></tr>
<tr class="is-seen"><th scope="row"><?cs var:T.Sales.HeldOne.Found ?> <small><?cs call:ui_time(One.Found.At) ?></small></th><?cs call:office_figures(One.Found) ?></tr>
<tr><th scope="row"><?cs var:T.Sales.Held.Newest ?> <small><?cs call:ui_time(One.Now.At) ?></small></th><?cs call:office_figures(One.Now) ?></tr></tbody></table></div></section>
<section class="card"><h2><?cs var:T.Sales.HeldOne.Say ?></h2>
<?cs call:held_waits(One) ?><?cs if:!?One.Approval ?><p><?cs var:T.Sales.HeldOne.SayText ?></p>
<form method="post" action="/sales/held/<?cs var:One.Id ?>"><?cs call:ui_secret() ?>
<?cs call:ui_radios("verdict", T.Sales.HeldOne.Verdict, T.Sales.Held.Verdicts) ?>
<div class="fields"><?cs call:ui_number("count", T.Word.PurchaseCount, T.Unit.Times) ?><?cs call:ui_money("credit", T.Sales.Deed.Credit) ?><?cs call:ui_number("energy", T.Sales.Held.Energy, T.Unit.Kwh) ?></div>
<?cs call:ui_field("reason", T.Sales.HeldOne.Reason) ?>
<div class="toolbar"><?cs call:ui_submit("users", T.Sales.Adjust.Ask) ?><a class="btn btn-quiet" href="/sales/held"><?cs var:T.Word.Cancel ?></a></div></form><?cs /if ?></section>
</div>
