<?cs call:ui_crumbs() ?><?cs call:ui_title(Page.Title) ?>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<?cs if:Topic.IsFilled ?><div class="notice" role="status"><?cs call:ui_icon("info-circle") ?><div><?cs var:T.Settings.System.Filled ?></div></div><?cs /if ?>
<div class="halves">
<form method="post" action="<?cs var:Topic.Action ?>" class="form"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<fieldset class="group"><legend><?cs var:T.Sms.Text ?></legend><?cs include!"settings/_system_fields.cs" ?></fieldset>
<div class="toolbar"><?cs call:ui_submit("check", T.Word.Save) ?><button class="btn btn-quiet" type="submit" name="do" value="preview"><?cs call:ui_icon("device-mobile") ?> <?cs var:T.Sms.Preview ?></button><a class="btn btn-quiet" href="<?cs var:Topic.Action ?>?fill=default"><?cs call:ui_icon("refresh") ?> <?cs var:T.Settings.System.FillDefault ?></a></div>
</form>
<div>
<section class="card"><h2><?cs var:T.Sms.Preview ?></h2><?cs each:preview = Previews ?><h3><?cs var:T.Sms.Language[preview.Key] ?></h3><p class="bubble"><?cs var:preview.Preview ?></p><p class="form-text"><?cs var:preview.Units ?> <?cs var:T.Sms.Units ?> · <?cs var:preview.Parts ?> <?cs var:T.Sms.Parts ?> · <?cs var:T.Sms.Coding[preview.Coding] ?></p><?cs /each ?></section>
<section class="card"><h2><?cs var:T.Sms.Variables ?></h2><dl class="facts"><?cs each:variable = Variables ?><div><dt><code><?cs var:variable.Name ?></code> <?cs var:variable.Text ?></dt><dd><?cs var:variable.Sample ?></dd></div><?cs /each ?></dl></section>
</div>
</div>
