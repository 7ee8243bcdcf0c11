<?cs include!"settings/_tariff.cs" ?><?cs call:tariff_style() ?><div class="toolbar"><a class="btn btn-quiet" href="/settings/tariffs/versions/<?cs var:Version.Id ?>"><?cs call:ui_icon("arrow-left") ?> <?cs var:T.Settings.Tariff.Back ?></a><span class="form-text"><?cs var:T.Settings.Tariff.PrintHint ?></span></div>
<article class="sheet"><h1><?cs var:T.Settings.Tariff.SheetTitle ?></h1>
<p class="sheet-head"><?cs if:Company ?><?cs var:Company ?><?cs else ?><?cs var:Site.Name ?><?cs /if ?> · <?cs var:Tariff.Name ?><?cs if:Version.From ?> · <?cs var:T.Settings.Tariff.Since ?> <?cs var:Version.From ?><?cs /if ?></p>
<?cs if:Version.Status == "draft" ?><p class="notice notice-warning"><?cs var:T.Settings.Tariff.SheetDraft ?></p><?cs /if ?>
<?cs call:tariff_content() ?>
<p class="sheet-foot"><?cs var:T.Settings.Tariff.SheetFoot ?> · <?cs var:Today ?></p></article>
