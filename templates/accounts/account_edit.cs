<?cs call:ui_crumbs() ?>
<?cs call:ui_title(T.Accounts.AccountEdit.Title) ?>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<form method="post" action="/accounts/<?cs var:Account.Id ?>/edit" class="form card"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<?cs call:ui_field("name", T.Accounts.Field.Name) ?>
<div class="fields"><?cs call:ui_input("phone", T.Field.phone, "tel", "off", "") ?><?cs call:ui_input("initials", T.Field.initials, "text", "off", T.Accounts.Field.InitialsHint) ?></div>
<?cs call:ui_input("id_number", T.Field.id_number, "text", "off", T.Accounts.Field.IdNumberHint) ?>
<?cs call:ui_field("note", T.Field.note) ?>
<p class="form-text"><?cs var:T.Accounts.AccountEdit.Number ?> <?cs var:Account.Number ?></p>
<div class="toolbar"><?cs call:ui_submit("check", T.Word.Save) ?><a class="btn btn-quiet" href="/accounts/<?cs var:Account.Id ?>"><?cs var:T.Word.Cancel ?></a></div></form>
<?cs call:ui_changed() ?>
