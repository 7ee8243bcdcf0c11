<section class="card narrow">
<h1><?cs var:T.Login.Codes.Title ?></h1>
<div class="notice notice-warning"><?cs call:ui_icon("alert-triangle") ?><div><?cs var:T.Login.Codes.Text ?></div></div>
<ul class="recovery"><?cs each:code = Codes ?><li><code><?cs var:code.Text ?></code></li><?cs /each ?></ul>
<div class="toolbar"><a class="btn btn-primary" href="/"><?cs call:ui_icon("check") ?> <?cs var:T.Login.Codes.Done ?></a></div>
</section>
