<?cs include!"settings/_places.cs" ?>
<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:Page.Title ?></h1><div class="toolbar"><?cs if:!IsNew ?><?cs if:User.May.BusView ?><a class="btn btn-quiet" href="/accounts/gateways/<?cs var:Gateway.Id ?>"><?cs call:ui_icon("router") ?> <?cs var:T.Settings.Gateway.Watch ?></a><?cs /if ?><?cs /if ?></div></div>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<form method="post" action="/settings/gateways/<?cs if:IsNew ?>new<?cs else ?><?cs var:Gateway.Id ?><?cs /if ?>" class="form card"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<?cs call:ui_field("name", T.Field.name) ?>
<?cs call:place_field(T.Field.place, T.Settings.Gateway.PlaceHint) ?>
<?cs call:ui_field("note", T.Field.note) ?>
<div class="toolbar"><?cs call:ui_submit("check", T.Word.Save) ?><a class="btn btn-quiet" href="/settings/gateways"><?cs var:T.Word.Cancel ?></a><?cs if:!IsNew ?><a class="btn btn-quiet end" href="/settings/gateways/<?cs var:Gateway.Id ?>/delete"><?cs call:ui_icon("trash") ?> <?cs var:T.Settings.Gateway.Delete ?></a><?cs /if ?></div>
</form>
<?cs call:ui_changed() ?>
<?cs if:!IsNew ?><div class="page-head"><h2><?cs var:T.Settings.Gateway.Buses ?></h2><div class="toolbar"><a class="btn btn-quiet" href="/settings/gateways/<?cs var:Gateway.Id ?>/bus"><?cs call:ui_icon("plus") ?> <?cs var:T.Settings.Bus.New ?></a></div></div>
<?cs if:?Buses.0.Id ?><div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Settings.Gateway.Buses ?></caption>
<thead><tr><th scope="col"><?cs var:T.Word.Bus ?></th><th scope="col"><?cs var:T.Word.Address ?></th><th scope="col"><?cs var:T.Word.State ?></th><th scope="col" class="number"><?cs var:T.Word.Meters ?></th><th scope="col"><?cs var:T.Settings.Bus.Trouble ?></th></tr></thead>
<tbody><?cs each:bus = Buses ?><tr><td data-label="<?cs var:T.Word.Bus ?>"><a href="/settings/buses/<?cs var:bus.Id ?>"><?cs var:bus.Name ?></a></td><td data-label="<?cs var:T.Word.Address ?>"><span><?cs var:T.Transport[bus.Transport] ?><br><small class="breaks"><?cs var:bus.Address ?> · <?cs var:bus.Line ?></small></span></td><td data-label="<?cs var:T.Word.State ?>"><span class="bus-status bus-<?cs var:bus.Status ?>"><?cs call:ui_icon(T.Accounts.BusIcon[bus.Status]) ?> <?cs var:T.Accounts.BusStatus[bus.Status] ?></span></td><td class="number" data-label="<?cs var:T.Word.Meters ?>"><?cs if:User.May.MeterEdit ?><a href="/settings/meters?bus=<?cs var:bus.Id ?>"><?cs var:bus.Meters ?></a><?cs else ?><?cs var:bus.Meters ?><?cs /if ?></td><td data-label="<?cs var:T.Settings.Bus.Trouble ?>"><?cs if:bus.Trouble ?><?cs var:bus.Trouble ?><?cs else ?>—<?cs /if ?></td></tr>
<?cs /each ?></tbody></table></div><?cs else ?><?cs call:ui_empty("router", T.Settings.Gateway.NoBuses) ?><?cs /if ?><?cs /if ?>
