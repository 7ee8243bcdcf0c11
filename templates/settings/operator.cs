<?cs include!"settings/_person.cs" ?><?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:Page.Title ?></h1><?cs if:!IsNew ?><div class="toolbar"><?cs call:person_state(Person.State) ?></div><?cs /if ?></div>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<div class="<?cs if:!IsNew ?>halves<?cs /if ?>">
<form method="post" action="<?cs if:IsNew ?>/settings/operators/new<?cs else ?>/settings/operators/<?cs var:Person.Id ?><?cs /if ?>" class="form"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<fieldset class="group"><legend><?cs var:T.Settings.Operator.Who ?></legend><div class="fields">
<?cs if:IsNew ?><?cs call:ui_input("username", T.Settings.Operators.Username, "text", "off", T.Settings.Operator.UsernameHint) ?><?cs /if ?>
<?cs call:ui_field("display_name", T.Field.display_name) ?><?cs call:ui_input("phone", T.Settings.Operators.Phone, "tel", "off", "") ?></div></fieldset>
<fieldset class="group"><legend><?cs var:T.Settings.Operator.Rights ?></legend>
<?cs if:Person.IsSelf ?><p class="form-text"><?cs var:T.Settings.Operator.OwnRights ?></p><?cs /if ?>
<?cs call:ui_choice("role", T.Word.Role, T.Settings.Operator.RoleHint) ?>
<?cs if:?Form.building.Choice.0.Text ?><?cs call:ui_checks("building", T.Settings.Operators.Buildings) ?><p class="form-text"><?cs if:IsLimited ?><?cs var:T.Settings.Operator.ScopeHintLimited ?><?cs else ?><?cs var:T.Settings.Operator.ScopeHint ?><?cs /if ?></p><?cs /if ?></fieldset>
<?cs if:IsNew ?><p class="form-text"><?cs var:T.Settings.Operator.NewHint ?></p><?cs call:ui_submit("plus", T.Settings.Operator.Add) ?><?cs else ?><?cs call:ui_submit("check", T.Word.Save) ?><?cs call:ui_changed() ?><?cs /if ?>
</form>
<?cs if:!IsNew ?><div>
<section class="card"><h2><?cs var:T.Settings.Operator.Account ?></h2><dl class="facts">
<div><dt><?cs var:T.Settings.Operators.Username ?></dt><dd><?cs var:Person.Username ?></dd></div>
<div><dt><?cs var:T.Settings.Operators.SignedIn ?></dt><dd><?cs if:Person.SignedIn.At ?><?cs call:ui_at(Person.SignedIn) ?><?cs else ?><?cs var:T.Settings.Operators.Never ?><?cs /if ?></dd></div>
<div><dt><?cs var:T.Settings.Operator.Sessions ?></dt><dd><?cs var:Person.Sessions ?></dd></div>
<div><dt><?cs var:T.Settings.Operator.PasswordAt ?></dt><dd><?cs if:Person.Password.At ?><?cs call:ui_at(Person.Password) ?><?cs else ?>—<?cs /if ?></dd></div>
<div><dt><?cs var:T.Settings.Operators.Totp ?></dt><dd><?cs if:Person.HasTotp ?><?cs var:T.Word.Yes ?> · <?cs call:ui_at(Person.Totp) ?><?cs else ?><?cs var:T.Word.No ?><?cs /if ?></dd></div>
<div><dt><?cs var:T.Settings.Operators.Created ?></dt><dd><?cs call:ui_at(Person.Created) ?></dd></div>
</dl></section>
<section class="card"><h2><?cs var:T.Settings.Operator.Deeds ?></h2>
<?cs if:Person.IsSelf ?><p class="form-text"><?cs var:T.Settings.Operator.OwnDeeds ?></p><div class="toolbar"><a class="btn btn-quiet" href="/login/password"><?cs call:ui_icon("key") ?> <?cs var:T.Nav.Password ?></a><a class="btn btn-quiet" href="/login/totp"><?cs call:ui_icon("device-mobile") ?> <?cs var:T.Nav.Totp ?></a></div><?cs else ?>
<ul class="account-deeds">
<?cs if:Person.IsWaiting ?><li><form method="post" action="/settings/operators/<?cs var:Person.Id ?>/unlock"><?cs call:ui_secret() ?><button class="btn btn-primary" type="submit"><?cs call:ui_icon("lock-open") ?> <?cs var:T.Settings.Operator.Unlock ?></button></form><p class="form-text"><?cs var:T.Settings.Operator.UnlockHint ?></p></li><?cs /if ?>
<li><form method="post" action="/settings/operators/<?cs var:Person.Id ?>/password"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("key") ?> <?cs var:T.Settings.Operator.Reset ?></button></form><p class="form-text"><?cs var:T.Settings.Operator.ResetHint ?></p></li>
<?cs if:Person.HasSessions ?><li><form method="post" action="/settings/operators/<?cs var:Person.Id ?>/sessions"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("logout") ?> <?cs var:T.Settings.Operator.EndSessions ?></button></form></li><?cs /if ?>
<?cs if:Person.HasTotp ?><li><form method="post" action="/settings/operators/<?cs var:Person.Id ?>/totp"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("device-mobile") ?> <?cs var:T.Settings.Operator.ResetTotp ?></button></form><p class="form-text"><?cs var:T.Settings.Operator.ResetTotpHint ?></p></li><?cs /if ?>
<li><?cs if:Person.IsDisabled ?><form method="post" action="/settings/operators/<?cs var:Person.Id ?>/enable"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("circle-check") ?> <?cs var:T.Settings.Operator.Enable ?></button></form><?cs else ?><a class="btn btn-danger" href="/settings/operators/<?cs var:Person.Id ?>/disable"><?cs call:ui_icon("lock") ?> <?cs var:T.Settings.Operator.Disable ?></a><p class="form-text"><?cs var:T.Settings.Operator.DisableHint ?></p><?cs /if ?></li>
</ul><?cs /if ?></section>
</div><?cs /if ?>
</div>
