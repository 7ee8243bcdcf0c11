<section class="card narrow"><h1><?cs var:T.Word.Account ?></h1>
<form method="post" action="/kit/sent" class="form"><?cs call:ui_secret() ?><?cs call:ui_errors() ?><?cs call:ui_field("name", T.Word.Name) ?><?cs call:ui_password("password", T.Word.Password, "current-password") ?><?cs call:ui_number("count", T.Word.Count, T.Unit.Times) ?><?cs call:ui_money("amount", T.Word.Amount) ?><?cs call:ui_day("day", T.Word.Day) ?><?cs call:ui_select("mode", T.Word.Mode, T.CreditMode) ?><?cs call:ui_check("active", T.Word.Protected) ?><div class="toolbar"><?cs call:ui_submit("check", T.Word.Save) ?><a class="btn btn-quiet" href="/"><?cs var:T.Word.Cancel ?></a></div></form></section>
<?cs call:ui_progress("12", "16", T.Word.Total) ?>
<?cs call:ui_empty("search", T.List.EmptyFilter) ?>
