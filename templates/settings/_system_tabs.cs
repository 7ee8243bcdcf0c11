<?cs call:ui_crumbs() ?>
<div class="page-head"><h1><?cs var:T.Settings.Start.System ?></h1></div>
<nav class="tabs" aria-label="<?cs var:T.Settings.Start.System ?>"><?cs each:topic = Topics ?><a href="<?cs var:topic.Href ?>"<?cs if:topic.Current ?> aria-current="page"<?cs /if ?>><?cs var:T.Settings.System.Topic[topic.Key] ?></a><?cs /each ?></nav>
