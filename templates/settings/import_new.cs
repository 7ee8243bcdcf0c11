<?cs def:import_links(kind, with) ?><span><a href="/settings/imports/template?kind=<?cs var:kind ?>&amp;with=<?cs var:with ?>&amp;format=xlsx" download><?cs call:ui_icon("file-spreadsheet") ?> <?cs var:T.Settings.ImportNew.Xlsx ?></a> <a href="/settings/imports/template?kind=<?cs var:kind ?>&amp;with=<?cs var:with ?>&amp;format=csv" download><?cs var:T.Settings.ImportNew.Csv ?></a></span><?cs /def ?><?cs call:ui_crumbs() ?>
<?cs call:ui_title(T.Settings.ImportNew.Title) ?>
<section class="card">
<?cs call:ui_errors() ?>
<form method="post" action="/settings/imports/new" enctype="multipart/form-data" class="form"><?cs call:ui_secret() ?>
<?cs call:ui_select("kind", T.Settings.ImportNew.Kind, T.Settings.Import.Kind) ?>
<?cs call:ui_file("file", T.Settings.ImportNew.File, ".xlsx,.csv,.txt", T.Settings.ImportNew.FileHint) ?>
<div class="toolbar"><?cs call:ui_submit("upload", T.Settings.ImportNew.Go) ?><a class="btn btn-quiet" href="/settings/imports"><?cs var:T.Word.Cancel ?></a></div>
</form></section>
<section class="card" aria-labelledby="templates"><h2 id="templates"><?cs var:T.Settings.ImportNew.Templates ?></h2>
<p><?cs var:T.Settings.ImportNew.TemplatesHint ?> <?cs var:T.Settings.ImportNew.Order ?></p>
<div class="table-wrap"><table class="list"><caption class="visually-hidden"><?cs var:T.Settings.ImportNew.Templates ?></caption>
<thead><tr><th scope="col"><?cs var:T.Settings.ImportNew.Kind ?></th><th scope="col"><?cs var:T.Settings.ImportNew.Empty ?></th><th scope="col"><?cs var:T.Settings.ImportNew.Example ?></th><?cs if:User.May.Export ?><th scope="col"><?cs var:T.Settings.ImportNew.Data ?></th><?cs /if ?></tr></thead>
<tbody><?cs each:kind = Kinds ?><tr><th scope="row"><?cs var:T.Settings.Import.Kind[kind.Key] ?></th><td data-label="<?cs var:T.Settings.ImportNew.Empty ?>"><?cs call:import_links(kind.Key, "empty") ?></td><td data-label="<?cs var:T.Settings.ImportNew.Example ?>"><?cs call:import_links(kind.Key, "example") ?></td><?cs if:User.May.Export ?><td data-label="<?cs var:T.Settings.ImportNew.Data ?>"><?cs call:import_links(kind.Key, "data") ?></td><?cs /if ?></tr>
<?cs /each ?></tbody></table></div></section>
