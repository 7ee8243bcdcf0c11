<div class="settings"><?cs each:s = Settings ?><div class="setting setting-<?cs var:s.Kind ?>"><?cs
if:s.Kind == "number" ?><?cs call:ui_number(s.Field, T.Field[s.Field], s.Unit) ?><?cs
elif:s.Kind == "money" ?><?cs call:ui_money(s.Field, T.Field[s.Field]) ?><?cs
elif:s.Kind == "choice" ?><?cs call:ui_choice(s.Field, T.Field[s.Field], "") ?><?cs
elif:s.Kind == "flag" ?><?cs call:ui_check(s.Field, T.Field[s.Field]) ?><?cs
elif:s.Kind == "clock" ?><?cs call:ui_input(s.Field, T.Field[s.Field], "time", "off", "") ?><?cs
elif:s.Kind == "lines" || s.Kind == "template" ?><?cs call:ui_textarea(s.Field, T.Field[s.Field], "4", "") ?><?cs
else ?><?cs call:ui_field(s.Field, T.Field[s.Field]) ?><?cs /if ?><div class="form-text"><?cs
if:T.Hint[s.Field] ?><span><?cs var:T.Hint[s.Field] ?></span> <?cs /if ?><?cs
if:?s.Default ?><span><?cs var:T.Settings.System.Default ?> <?cs var:s.Default ?><?cs if:s.Unit ?> <?cs var:s.Unit ?><?cs /if ?></span> <?cs /if ?><?cs
if:s.By ?><span><?cs var:T.Form.ChangedBy ?> <?cs var:s.By ?>, <?cs call:ui_at(s.At) ?></span><?cs /if ?></div></div><?cs /each ?></div>
