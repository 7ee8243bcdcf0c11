<?cs # layout.cs - the frame of every page; cgi-bin/web/README.md says which names it has. ?><?cs

def:theme_choice(theme, icon, label) ?><button class="menu-item" type="submit" name="theme" value="<?cs var:theme ?>" aria-pressed="<?cs if:Page.Theme == theme ?>true<?cs else ?>false<?cs /if ?>"><?cs call:ui_icon(icon) ?> <?cs var:label ?></button><?cs /def ?>
<!doctype html>
<html lang="<?cs var:Page.Lang ?>" data-bs-theme="<?cs if:Page.Theme ?><?cs var:Page.Theme ?><?cs else ?>auto<?cs /if ?>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="<?cs if:Page.Theme == "dark" ?>dark<?cs elif:Page.Theme == "light" ?>light<?cs else ?>light dark<?cs /if ?>">
<title><?cs if:Page.Title ?><?cs var:Page.Title ?> · <?cs /if ?><?cs if:Site.Name ?><?cs var:Site.Name ?><?cs else ?><?cs var:T.Site.Product ?><?cs /if ?></title>
<?cs if:Page.Refresh ?><noscript><meta http-equiv="refresh" content="<?cs var:Page.Refresh ?>"></noscript><?cs /if ?>
<link rel="stylesheet" href="<?cs var:Asset.BootstrapMinCss ?>">
<link rel="stylesheet" href="<?cs var:Asset.AppCss ?>">
<script src="<?cs var:Asset.HtmxMinJs ?>" defer></script>
<script src="<?cs var:Asset.AppJs ?>" defer></script>
</head>
<body class="<?cs if:User.IsSignedIn && !User.MustChange ?>has-nav<?cs else ?>no-nav<?cs /if ?>" data-age-now="<?cs var:T.Age.Now ?>" data-age-seconds="<?cs var:T.Age.Seconds ?>" data-age-minutes="<?cs var:T.Age.Minutes ?>" data-age-hours="<?cs var:T.Age.Hours ?>" data-age-days="<?cs var:T.Age.Days ?>" data-offline="<?cs var:T.Frame.Offline ?>">
<a class="skip" href="#main"><?cs var:T.Nav.Skip ?></a>
<header class="top">
<a class="brand" href="/"><?cs if:Site.LogoHref ?><img class="logo" src="<?cs var:Site.LogoHref ?>" alt=""><?cs else ?><?cs call:ui_icon("bolt") ?><?cs /if ?><span><?cs if:Site.Name ?><?cs var:Site.Name ?><?cs else ?><?cs var:T.Site.Short ?><?cs /if ?></span></a>
<?cs if:User.May.MeterView && !User.MustChange ?><form class="search top-search" method="get" action="/accounts/meters" role="search" aria-label="<?cs var:T.Frame.SearchLabel ?>"><input class="form-control" type="search" name="q" id="search" placeholder="<?cs var:T.Frame.Search ?>" aria-label="<?cs var:T.Frame.SearchLabel ?>" aria-keyshortcuts="/" autocomplete="off"><button class="btn btn-quiet" type="submit"><?cs call:ui_icon("search") ?><span class="visually-hidden"><?cs var:T.Word.Search ?></span></button></form><?cs /if ?>
<div class="top-end">
<?cs if:User.May.MeterView && !User.MustChange ?><a class="btn btn-quiet d-none d-md-inline-flex" href="/accounts/alarms" title="<?cs var:T.Nav.Alarms ?>"><?cs call:ui_icon("bell") ?><span class="visually-hidden"><?cs var:T.Nav.Alarms ?></span><?cs if:?Bell.Count ?> <b><?cs var:Bell.Count ?></b><?cs /if ?></a><?cs /if ?>
<form method="post" action="/login/preferences"><?cs call:ui_secret() ?><input type="hidden" name="next" value="<?cs var:Page.Here ?>"><button class="btn btn-quiet" type="submit" name="language" value="<?cs var:Page.OtherLang ?>" lang="<?cs var:Page.OtherLang ?>" title="<?cs var:T.Language.OtherHint ?>"><?cs call:ui_icon("language") ?> <?cs var:T.Language.OtherName ?></button></form>
<details class="menu"><summary class="btn btn-quiet" title="<?cs var:T.Frame.Theme ?>"><?cs if:Page.Theme == "dark" ?><?cs call:ui_icon("moon") ?><?cs elif:Page.Theme == "light" ?><?cs call:ui_icon("sun") ?><?cs else ?><?cs call:ui_icon("sun-moon") ?><?cs /if ?><span class="visually-hidden"><?cs var:T.Frame.Theme ?></span></summary>
<form class="menu-panel" method="post" action="/login/preferences"><?cs call:ui_secret() ?><input type="hidden" name="next" value="<?cs var:Page.Here ?>"><?cs call:theme_choice("auto", "sun-moon", T.Frame.ThemeAuto) ?><?cs call:theme_choice("light", "sun", T.Frame.ThemeLight) ?><?cs call:theme_choice("dark", "moon", T.Frame.ThemeDark) ?></form></details>
<?cs if:User.IsSignedIn ?><details class="menu"><summary class="btn btn-quiet" title="<?cs var:T.Frame.UserMenu ?>"><?cs call:ui_icon("user-circle") ?> <span class="user-name"><?cs if:User.Name ?><?cs var:User.Name ?><?cs else ?><?cs var:User.Username ?><?cs /if ?></span><?cs call:ui_icon("chevron-down") ?></summary>
<div class="menu-panel"><div class="menu-head"><strong><?cs var:User.Name ?></strong><br><?cs var:User.Username ?> · <?cs var:User.RoleName ?></div><?cs if:!User.MustChange ?><a class="menu-item" href="/login/password"><?cs call:ui_icon("key") ?> <?cs var:T.Nav.Password ?></a><a class="menu-item" href="/login/totp"><?cs call:ui_icon("device-mobile") ?> <?cs var:T.Nav.Totp ?></a><a class="menu-item" href="/login/sessions"><?cs call:ui_icon("devices") ?> <?cs var:T.Nav.Sessions ?></a><?cs /if ?><form method="post" action="/login/out"><?cs call:ui_secret() ?><button class="menu-item" type="submit"><?cs call:ui_icon("logout") ?> <?cs var:T.Nav.SignOut ?></button></form></div></details><?cs /if ?>
</div>
</header>
<?cs if:User.IsSignedIn && !User.MustChange ?><nav class="side" aria-label="<?cs var:T.Nav.Label ?>"><ul><?cs each:entry = Nav ?><?cs if:entry.Group ?><li class="side-group"><?cs var:T.Nav[entry.Group] ?></li><?cs /if ?><li><a href="<?cs var:entry.Href ?>"<?cs if:entry.Current ?> aria-current="page"<?cs elif:entry.IsAround ?> aria-current="true"<?cs /if ?>><svg class="icon" aria-hidden="true"><use href="<?cs var:Asset.IconsSvg ?>#nav-<?cs var:entry.Key ?>"/></svg><span><?cs var:T.Nav[entry.Key] ?></span></a><?cs if:?entry.Part.0.Key ?><ul class="side-parts"><?cs each:part = entry.Part ?><li<?cs if:part.Group ?> class="side-first"<?cs /if ?>><a href="<?cs var:part.Href ?>"<?cs if:part.Current ?> aria-current="page"<?cs /if ?>><?cs var:T.Settings.Start[part.Key] ?></a></li><?cs /each ?></ul><?cs /if ?></li><?cs /each ?></ul></nav><?cs /if ?>
<main id="main" tabindex="-1">
<?cs if:User.Viewing ?><div class="notice notice-warning viewing" role="status"><?cs call:ui_icon("eye") ?><div><?cs var:T.Frame.Viewing ?> <strong><?cs var:User.Viewing ?></strong> <?cs var:T.Frame.ViewingRest ?> · <?cs var:T.Frame.ViewUntil ?> <?cs call:ui_at(User.ViewUntil) ?></div><form method="post" action="/login/view/end"><?cs call:ui_secret() ?><button class="btn btn-quiet" type="submit"><?cs var:T.Frame.ViewEnd ?></button></form></div><?cs /if ?>
<?cs call:ui_flash() ?>
<?cs call:page_body() ?>
</main>
<footer><?cs var:T.Site.Product ?> · Voltill <?cs var:Page.Version ?></footer>
<div class="visually-hidden" role="status" aria-live="polite" id="live"></div>
</body>
</html>
