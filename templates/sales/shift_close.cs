<?cs include!"sales/_office.cs" ?><?cs call:office_style() ?><?cs call:ui_crumbs() ?>
<div class="page-head"><div><h1><?cs var:T.Sales.ShiftClose.Title ?></h1><p class="form-text"><?cs var:Shift.Operator ?> · <?cs var:T.Sales.Shift.Opened ?> <?cs call:ui_at(Shift.Opened) ?></p></div></div>
<?cs call:ui_errors() ?>
<div class="office-two">
<form method="get" action="<?cs var:Path ?>" class="card"><input type="hidden" name="counted" value="1"><h2>1. <?cs var:T.Sales.ShiftClose.Count ?></h2><p class="form-text"><?cs var:T.Sales.ShiftClose.CountHint ?></p>
<table class="list count" data-counts data-sign="<?cs var:Site.Currency ?>"><caption class="visually-hidden"><?cs var:T.Sales.ShiftClose.Count ?></caption>
<thead><tr><th scope="col" class="number"><?cs var:T.Sales.ShiftClose.Denomination ?></th><th scope="col" class="number"><?cs var:T.Sales.ShiftClose.Pieces ?></th><th scope="col" class="number"><?cs var:T.Word.Amount ?></th></tr></thead>
<tbody><?cs each:count = Counts ?><tr><th scope="row" class="number"><label for="<?cs var:count.Name ?>"><?cs var:count.Denomination ?></label></th><td class="number"><input class="form-control number" type="text" inputmode="numeric" autocomplete="off" maxlength="6"<?cs call:ui_attributes(count.Name) ?> value="<?cs var:Form[count.Name].Value ?>" data-fen="<?cs var:count.Fen ?>"><?cs call:ui_error(count.Name) ?></td><td class="number" data-line><?cs if:IsCounted ?><?cs var:count.Amount ?><?cs /if ?></td></tr>
<?cs /each ?></tbody><tfoot><tr><th scope="row" colspan="2" class="number"><?cs var:T.Sales.ShiftClose.Total ?></th><td class="number" data-total><?cs if:IsCounted ?><?cs var:Counted ?><?cs /if ?></td></tr></tfoot></table>
<button class="btn <?cs if:IsCounted ?>btn-quiet<?cs else ?>btn-primary<?cs /if ?>" type="submit"><?cs call:ui_icon("calculator") ?> <?cs if:IsCounted ?><?cs var:T.Sales.ShiftClose.Again ?><?cs else ?><?cs var:T.Sales.ShiftClose.Sum ?><?cs /if ?></button></form>
<?cs if:IsCounted ?><form method="post" action="<?cs var:Path ?>" class="card"><?cs call:ui_secret() ?><input type="hidden" name="expected" value="<?cs var:Form.expected.Value ?>"><?cs each:count = Counts ?><input type="hidden" name="<?cs var:count.Name ?>" value="<?cs var:Form[count.Name].Value ?>"><?cs /each ?>
<h2>2. <?cs var:T.Sales.ShiftClose.Check ?></h2>
<dl class="facts"><?cs call:office_money(T.Sales.Shift.Expected, Shift.Expected) ?><?cs call:office_money(T.Sales.Shift.Counted, Counted) ?></dl>
<p class="result result-<?cs var:Match ?>" id="result"><?cs call:office_match(Match, Difference) ?></p>
<?cs if:Match != "even" ?><?cs call:ui_input("note", T.Word.Note, "text", "off", T.Sales.ShiftClose.NoteHint) ?><?cs else ?><?cs call:ui_field("note", T.Word.Note) ?><?cs /if ?>
<p class="form-text"><?cs var:T.Sales.ShiftClose.Final ?></p>
<div class="toolbar"><?cs call:ui_submit("check", T.Sales.ShiftClose.Do) ?><a class="btn btn-quiet" href="<?cs var:Home.Href ?>"><?cs var:T.Word.Cancel ?></a></div></form>
<?cs else ?><section class="card"><h2><?cs var:T.Sales.ShiftClose.SoFar ?></h2><dl class="facts"><?cs call:office_money(T.Sales.Shift.Float, Shift.Float) ?><div><dt><?cs var:T.Sales.Shift.Documents ?></dt><dd class="number"><?cs var:Shift.Documents ?></dd></div><?cs call:office_channels(Shift.Channel) ?></dl></section><?cs /if ?>
</div>
