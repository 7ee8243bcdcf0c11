<?cs call:ui_crumbs() ?><?cs call:ui_title(Page.Title) ?>
<?cs call:ui_errors() ?>
<form method="post" action="/settings/tariffs/new" class="form card"><?cs call:ui_secret() ?>
<?cs call:ui_field("name", T.Field.name) ?>
<?cs call:ui_field("note", T.Field.note) ?>
<?cs call:ui_radios("start", T.Settings.Tariff.Start, T.Settings.Tariff.Starts) ?>
<p class="form-text"><?cs var:T.Settings.Tariff.NewHint ?></p>
<div class="toolbar"><?cs call:ui_submit("check", T.Settings.Tariff.Make) ?><a class="btn btn-quiet" href="/settings/tariffs"><?cs var:T.Word.Cancel ?></a></div>
</form>
