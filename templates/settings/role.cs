<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:Page.Title ?></h1><?cs if:!IsNew ?><div class="toolbar"><form method="post" action="/settings/roles/<?cs var:Role.Id ?>/view"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit" title="<?cs var:T.Settings.Role.LookHint ?>"><?cs call:ui_icon("eye") ?> <?cs var:T.Settings.Role.Look ?></button></form><a class="btn btn-quiet" href="/settings/roles/new?from=<?cs var:Role.Id ?>"><?cs call:ui_icon("copy") ?> <?cs var:T.Settings.Role.Copy ?></a><?cs if:Role.IsOwn ?><a class="btn btn-quiet" href="/settings/roles/<?cs var:Role.Id ?>/delete"><?cs call:ui_icon("trash") ?> <?cs var:T.Word.Delete ?></a><?cs /if ?></div><?cs /if ?></div>
<?cs if:!IsNew ?><p class="intro"><?cs if:!Role.IsOwn ?><?cs var:T.Settings.Role.BuiltIn ?> <?cs /if ?><?cs var:T.Settings.Roles.People ?>: <a href="/settings/operators?role=<?cs var:Role.Id ?>"><?cs var:Role.People ?></a><?cs if:Role.Disabled != "0" ?> · <?cs var:T.Person.disabled ?>: <?cs var:Role.Disabled ?><?cs /if ?></p><?cs /if ?>
<?cs if:Role.IsMine ?><div class="notice"><?cs call:ui_icon("info-circle") ?><div><?cs var:T.Settings.Role.Mine ?></div></div><?cs /if ?>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<form method="post" action="<?cs if:IsNew ?>/settings/roles/new<?cs else ?>/settings/roles/<?cs var:Role.Id ?><?cs /if ?>" class="form"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<?cs if:Role.IsOwn ?><fieldset class="group"><legend><?cs var:T.Word.Name ?></legend><?cs call:ui_field("name", T.Settings.Role.Name) ?></fieldset><?cs /if ?>
<div id="permission"><?cs call:ui_error("permission") ?></div>
<?cs each:group = Groups ?><fieldset class="group"><legend><?cs var:T.Settings.Start.Group[group.Key] ?></legend><?cs each:row = group.Row ?>
<div class="form-check"><input class="form-check-input" type="checkbox" name="permission" id="may-<?cs var:row.Code ?>" value="<?cs var:row.Code ?>" aria-describedby="hint-<?cs var:row.Code ?>"<?cs if:row.IsHeld ?> checked<?cs /if ?>><label class="form-check-label" for="may-<?cs var:row.Code ?>"><?cs var:row.Word ?></label><div class="form-text" id="hint-<?cs var:row.Code ?>"><?cs var:row.Hint ?></div></div><?cs /each ?></fieldset><?cs /each ?>
<fieldset class="group"><legend><?cs var:T.Settings.Role.Limits ?></legend><p class="form-text"><?cs var:T.Settings.Role.LimitsHint ?></p><div class="fields">
<?cs call:ui_money("sale_max_fen", T.Field.sale_max_fen) ?><?cs call:ui_money("refund_day_max_fen", T.Field.refund_day_max_fen) ?><?cs call:ui_number("batch_max_meters", T.Field.batch_max_meters, "") ?></div></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Role.SignIn ?></legend><?cs call:ui_check("needs_totp", T.Settings.Role.Totp) ?><p class="form-text"><?cs var:T.Settings.Role.TotpHint ?></p></fieldset>
<?cs if:IsNew ?><?cs call:ui_submit("plus", T.Settings.Role.Add) ?><?cs else ?><?cs call:ui_submit("check", T.Word.Save) ?><?cs call:ui_changed() ?><?cs /if ?>
</form>
