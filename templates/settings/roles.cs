<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:T.Settings.Start.Roles ?></h1><div class="toolbar"><a class="btn btn-primary" href="/settings/roles/new"><?cs call:ui_icon("plus") ?> <?cs var:T.Settings.Role.New ?></a></div></div>
<p class="intro"><?cs var:T.Settings.Roles.Intro ?></p>
<div class="table-wrap" tabindex="0" role="region" aria-label="<?cs var:T.Settings.Start.Roles ?>"><table class="matrix"><caption class="visually-hidden"><?cs var:T.Settings.Start.Roles ?></caption>
<thead><tr><th scope="col"><?cs var:T.Settings.Roles.May ?></th><?cs each:role = Roles ?><th scope="col"><a href="/settings/roles/<?cs var:role.Id ?>"><?cs var:role.Name ?></a></th><?cs /each ?></tr></thead>
<?cs each:group = Groups ?><tbody><tr><th colspan="<?cs var:subcount(Roles) + #1 ?>" scope="rowgroup"><?cs var:T.Settings.Start.Group[group.Key] ?></th></tr>
<?cs each:row = group.Row ?><tr><th scope="row"><?cs var:row.Word ?></th><?cs each:cell = row.Cell ?><td><?cs if:cell.IsHeld ?><span class="held"><?cs call:ui_icon("check") ?><span class="visually-hidden"><?cs var:cell.Role ?>: <?cs var:T.Word.Yes ?></span></span><?cs else ?><span class="not-held" aria-hidden="true">·</span><span class="visually-hidden"><?cs var:cell.Role ?>: <?cs var:T.Word.No ?></span><?cs /if ?></td><?cs /each ?></tr><?cs /each ?></tbody><?cs /each ?>
<tbody><tr><th scope="row"><?cs var:T.Settings.Role.Totp ?></th><?cs each:role = Roles ?><td><?cs if:role.NeedsTotp ?><span class="held"><?cs call:ui_icon("check") ?><span class="visually-hidden"><?cs var:T.Word.Yes ?></span></span><?cs else ?><span class="not-held" aria-hidden="true">·</span><span class="visually-hidden"><?cs var:T.Word.No ?></span><?cs /if ?></td><?cs /each ?></tr>
<tr><th scope="row"><?cs var:T.Settings.Roles.People ?></th><?cs each:role = Roles ?><td><?cs if:role.People != "0" ?><a href="/settings/operators?role=<?cs var:role.Id ?>"><?cs var:role.People ?><span class="visually-hidden"> <?cs var:role.Name ?></span></a><?cs else ?>0<?cs /if ?></td><?cs /each ?></tr></tbody>
</table></div>
<p class="form-text"><?cs var:T.Settings.Roles.Separation ?></p>
