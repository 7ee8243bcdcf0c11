<?cs include!"settings/_tariff.cs" ?><?cs call:tariff_style() ?><?cs call:ui_crumbs() ?>
<?cs call:ui_title(Page.Title) ?>
<?cs call:ui_conflict() ?><?cs call:ui_errors() ?>
<form method="post" action="/settings/tariffs/versions/<?cs var:Version.Id ?>/publish" class="form card"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<p><strong><?cs var:Tariff.Name ?></strong> · <?cs var:T.Word.Meters ?> <b><?cs var:Tariff.Meters ?></b></p>
<?cs call:ui_input("valid_from", T.Field.valid_from, "date", "off", T.Settings.Tariff.PublishHint) ?>
<p class="form-text"><?cs var:T.Settings.Tariff.PublishText ?></p>
<div class="toolbar"><?cs call:ui_submit("check", T.Settings.Tariff.Publish) ?><a class="btn btn-quiet" href="/settings/tariffs/versions/<?cs var:Version.Id ?>"><?cs var:T.Word.Cancel ?></a></div>
</form>
<?cs call:tariff_warnings() ?>
<?cs if:Present.From ?><section class="card"><h2><?cs var:T.Settings.Tariff.Difference ?></h2><dl class="facts"><div><dt><?cs var:T.Settings.Tariff.Present ?> (<?cs var:Present.From ?>)</dt><dd><?cs call:tariff_totals(Present.Periods) ?></dd></div><div><dt><?cs var:T.Settings.Tariff.Draft ?></dt><dd><?cs call:tariff_totals(Periods) ?></dd></div></dl>
<?cs if:?Difference.0.Field ?><ul class="differences"><?cs each:line = Difference ?><li><?cs var:line.Word ?>: <?cs call:ui_change(line.Before, line.After) ?></li><?cs /each ?></ul><?cs else ?><p><?cs var:T.Settings.Tariff.NoDifference ?></p><?cs /if ?></section><?cs /if ?>
<?cs call:tariff_content() ?>
