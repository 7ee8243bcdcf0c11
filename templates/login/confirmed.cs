<section class="card narrow">
<h1><?cs var:T.Login.Confirmed.Title ?></h1>
<p><?cs var:T.Login.Confirmed.Text ?></p>
<form method="post" action="<?cs var:Again.NextHref ?>" class="form">
<?cs call:ui_secret() ?>
<?cs each:field = Again.Keep ?><input type="hidden" name="<?cs var:field.Name ?>" value="<?cs var:field.Value ?>"><?cs /each ?>
<div class="toolbar"><?cs call:ui_submit("check", T.Login.Confirmed.Submit) ?><a class="btn btn-quiet" href="/"><?cs var:T.Word.Cancel ?></a></div>
</form>
</section>
