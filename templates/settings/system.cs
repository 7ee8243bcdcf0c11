<?cs include!"settings/_system_tabs.cs" ?>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<?cs if:Topic.IsFilled ?><div class="notice" role="status"><?cs call:ui_icon("info-circle") ?><div><?cs var:T.Settings.System.Filled ?></div></div><?cs /if ?>
<?cs if:T.Settings.System.Intro[Topic.Key] ?><p class="intro"><?cs var:T.Settings.System.Intro[Topic.Key] ?></p><?cs /if ?>
<form method="post" action="<?cs var:Topic.Action ?>" class="form"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<fieldset class="group"><legend><?cs var:T.Settings.System.Topic[Topic.Key] ?></legend><?cs include!"settings/_system_fields.cs" ?></fieldset>
<div class="toolbar"><?cs call:ui_submit("check", T.Word.Save) ?><?cs if:Topic.Key == "Password" ?><a class="btn btn-quiet" href="/settings/system/password?fill=default"><?cs var:T.Settings.System.FillModern ?></a><a class="btn btn-quiet" href="/settings/system/password?fill=mlps"><?cs var:T.Settings.System.FillMlps ?></a><?cs else ?><a class="btn btn-quiet" href="?fill=default"><?cs call:ui_icon("refresh") ?> <?cs var:T.Settings.System.FillDefault ?></a><?cs /if ?></div>
</form>
