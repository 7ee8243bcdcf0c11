<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:FeeTitle ?></h1></div>
<?cs call:ui_errors() ?>
<form method="post" action="<?cs var:Page.Path ?>" class="form"><?cs call:ui_secret() ?><?cs call:ui_revision() ?>
<fieldset class="group"><legend><?cs var:T.Sales.Fees.Legend ?></legend><?cs call:ui_input("name", T.Word.Name, "text", "off", T.Sales.Fees.NameHint) ?><?cs call:ui_radios("kind", T.Sales.Fees.Kind, T.Sales.FeeKind) ?><div class="fields"><?cs call:ui_money("amount", T.Sales.Fees.Amount) ?><?cs call:ui_number("percent", T.Sales.Fees.Percent, T.Unit.Percent) ?></div><?cs call:ui_check("usual", T.Sales.Fees.UsualField) ?></fieldset>
<div class="toolbar"><?cs call:ui_submit("check", T.Word.Save) ?><a class="btn btn-quiet" href="/sales/fees"><?cs var:T.Word.Cancel ?></a><?cs if:FeeId ?><a class="btn btn-quiet" href="/sales/fees/<?cs var:FeeId ?>/archive"><?cs call:ui_icon("trash") ?> <?cs var:T.Sales.Fees.Archive ?></a><?cs /if ?></div></form>
