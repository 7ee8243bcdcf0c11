<?cs if:Login.Wait ?><div class="notice notice-danger" role="alert"><?cs call:ui_icon("clock-exclamation") ?><div><?cs var:Login.Wait ?></div></div><?cs /if ?>
