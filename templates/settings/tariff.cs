<?cs include!"settings/_tariff.cs" ?><?cs call:tariff_style() ?><?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:Tariff.Name ?></h1><div class="toolbar"><a class="btn btn-quiet" href="/settings/tariffs/meters?tariff=<?cs var:Tariff.Id ?>"><?cs call:ui_icon("list-details") ?> <?cs var:T.Word.Meters ?> <b><?cs var:Tariff.Meters ?></b></a><?cs if:User.May.MeterWrite ?><a class="btn btn-quiet" href="/settings/orders/new?tariff=<?cs var:Tariff.Id ?>"><?cs call:ui_icon("send") ?> <?cs var:T.Settings.Tariff.Send ?></a><?cs /if ?></div></div>
<?cs if:Tariff.Note ?><p class="intro"><?cs var:Tariff.Note ?></p><?cs /if ?>
<h2><?cs var:T.Settings.Tariff.Versions ?></h2>
<?cs if:?Versions.0.Id ?><div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Settings.Tariff.Versions ?></caption>
<thead><tr><th scope="col"><?cs var:T.Field.valid_from ?></th><th scope="col"><?cs var:T.Word.State ?></th><th scope="col"><?cs var:T.Settings.Tariff.PriceKwh ?></th><th scope="col"><?cs var:T.Settings.Tariff.Who ?></th><th scope="col"><span class="visually-hidden"><?cs var:T.Word.Edit ?></span></th></tr></thead>
<tbody><?cs each:version = Versions ?><tr><td data-label="<?cs var:T.Field.valid_from ?>"><span><a href="/settings/tariffs/versions/<?cs var:version.Id ?>"><?cs if:version.From ?><?cs var:version.From ?><?cs else ?><?cs var:T.VersionStatus.draft ?> <?cs var:version.Id ?><?cs /if ?></a><?cs if:version.Note ?><br><small><?cs var:version.Note ?></small><?cs /if ?></span></td><td data-label="<?cs var:T.Word.State ?>"><?cs call:tariff_state(version.Status) ?></td><td data-label="<?cs var:T.Settings.Tariff.PriceKwh ?>"><?cs call:tariff_totals(version.Periods) ?></td><td data-label="<?cs var:T.Settings.Tariff.Who ?>"><span><?cs if:?version.Published.At ?><?cs var:version.PublishedBy ?> <small><?cs call:ui_at(version.Published) ?></small><?cs else ?><?cs var:version.CreatedBy ?> <small><?cs call:ui_at(version.Created) ?></small><?cs /if ?></span></td><td><?cs if:User.May.TariffEdit ?><?cs if:version.Status == "draft" ?><a class="btn btn-quiet" href="/settings/tariffs/versions/<?cs var:version.Id ?>/edit"><?cs call:ui_icon("pencil") ?> <?cs var:T.Word.Edit ?></a><?cs else ?><form method="post" action="/settings/tariffs/versions/<?cs var:version.Id ?>/copy"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("copy") ?> <?cs var:T.Settings.Tariff.Copy ?></button></form><?cs /if ?><?cs /if ?></td></tr>
<?cs /each ?></tbody></table></div><?cs else ?><?cs call:ui_empty("coin", T.Settings.Tariff.NoVersions) ?><?cs /if ?>
<?cs if:User.May.TariffEdit ?><details class="card"<?cs if:?Form.Errors.0.Text ?> open<?cs /if ?>><summary><?cs var:T.Settings.Tariff.Rename ?></summary>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<form method="post" action="/settings/tariffs/<?cs var:Tariff.Id ?>" class="form"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<?cs call:ui_field("name", T.Field.name) ?>
<?cs call:ui_field("note", T.Field.note) ?>
<?cs call:ui_check("archived", T.Settings.Tariff.ArchivedField) ?>
<?cs call:ui_submit("check", T.Word.Save) ?>
</form></details><?cs /if ?>
<?cs call:ui_changed() ?>
