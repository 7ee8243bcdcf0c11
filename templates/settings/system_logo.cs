<?cs include!"settings/_system_tabs.cs" ?>
<?cs call:ui_errors() ?>
<p class="intro"><?cs var:T.Settings.System.Intro.Logo ?></p>
<section class="card logo-card"><?cs if:Logo.Href ?><img class="logo-preview" src="<?cs var:Logo.Href ?>" alt="<?cs var:T.Settings.System.Topic.Logo ?>"><form method="post" action="/settings/system/logo/delete"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("trash") ?> <?cs var:T.Settings.System.LogoRemove ?></button></form><?cs else ?><?cs call:ui_empty("bolt", T.Settings.System.LogoNone) ?><?cs /if ?></section>
<form method="post" action="/settings/system/logo" class="form card" enctype="multipart/form-data"><?cs call:ui_secret() ?>
<?cs call:ui_file("file", T.Settings.System.LogoFile, ".png,.jpg,.jpeg,.webp", T.Settings.System.LogoHint) ?>
<div class="toolbar"><?cs call:ui_submit("upload", T.Settings.System.LogoSave) ?></div>
</form>
<?cs call:ui_changed() ?>
