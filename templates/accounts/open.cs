<?cs include!"accounts/_tenant.cs" ?><?cs call:tenant_style() ?><?cs call:ui_crumbs() ?>
<?cs call:ui_title(T.Accounts.Open.Title) ?>
<div class="wizard"><div class="wizard-steps"><?cs call:ui_steps(Steps) ?></div><div class="wizard-body">
<?cs call:ui_errors() ?>
<?cs if:Account.Id ?><p class="notice"><?cs call:ui_icon("user-circle") ?><span><?cs var:T.Accounts.Open.ForAccount ?> <a href="/accounts/<?cs var:Account.Id ?>"><?cs var:Account.Name ?></a> (<?cs var:Account.Number ?>)</span></p><?cs /if ?>
<?cs if:MayReadNow ?><form method="post" action="/accounts/open/<?cs var:Draft.Id ?>/read" class="read-now"><?cs call:ui_secret() ?><input type="hidden" name="step" value="<?cs var:Step ?>"><span class="form-text"><?cs var:T.Accounts.Open.ReadHint ?></span> <button class="btn btn-quiet" type="submit"><?cs call:ui_icon("refresh") ?> <?cs var:T.Accounts.Open.ReadNow ?></button></form><?cs /if ?>
<form method="post" action="/accounts/open/<?cs var:Draft.Id ?><?cs if:StepKey == "Check" ?>/create<?cs /if ?>" class="card form-wide"><?cs call:ui_secret() ?><input type="hidden" name="step" value="<?cs var:Step ?>"><button class="visually-hidden" type="submit" name="do" value="next" tabindex="-1" aria-hidden="true"><?cs var:T.Word.Next ?></button>
<?cs if:StepKey == "Meters" ?><?cs include!"accounts/_open_meters.cs" ?>
<?cs elif:StepKey == "Tenant" ?><?cs include!"accounts/_open_tenant.cs" ?>
<?cs elif:StepKey == "Terms" ?><?cs include!"accounts/_open_terms.cs" ?>
<?cs elif:StepKey == "Sale" ?><?cs include!"accounts/_open_sale.cs" ?>
<?cs else ?><?cs include!"accounts/_open_check.cs" ?><?cs /if ?>
<div class="toolbar"><?cs if:StepKey == "Check" ?><button class="btn btn-primary" type="submit"><?cs call:ui_icon("check") ?> <?cs var:T.Accounts.Open.Create ?></button><?cs else ?><button class="btn btn-primary" type="submit" name="do" value="next"><?cs var:T.Accounts.Open.Next ?> <?cs call:ui_icon("chevron-right") ?></button><button class="btn btn-quiet" type="submit" name="do" value="later"><?cs var:T.Accounts.Open.Later ?></button><?cs /if ?><?cs if:BackHref ?><a class="btn btn-quiet" href="<?cs var:BackHref ?>"><?cs call:ui_icon("arrow-left") ?> <?cs var:T.Word.Back ?></a><?cs /if ?></div>
</form></div></div>
