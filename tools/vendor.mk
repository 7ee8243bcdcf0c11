# What browsers load from others, built from npm by the lock file into static/vendor. Building twice
# gives the same bytes; nothing of it is committed.
VENDOR  := static/vendor
MODULES := node_modules
OWN     := $(wildcard static/css/*.css static/js/*.js)

vendor: $(VENDOR)/.stamp static/assets.hdf

# Tests need the development packages too (playwright-core, axe-core), so there is one npm ci.
$(MODULES)/.stamp: package.json package-lock.json .npmrc
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENDOR)/.stamp: $(MODULES)/.stamp tools/icons.txt tools/sprite.sh tools/theme.awk tools/assets.sh tools/vendor.mk
	@rm -rf $(VENDOR) && mkdir -p $(VENDOR)/licenses
	@awk -f tools/theme.awk $(MODULES)/bootstrap/dist/css/bootstrap.min.css >$(VENDOR)/bootstrap.min.css
	@cp $(MODULES)/htmx.org/dist/htmx.min.js $(MODULES)/chart.js/dist/chart.umd.min.js $(VENDOR)/
	@sed -i -e 's,^//# sourceMappingURL=.*,,' -e 's,/\*# sourceMappingURL=[^*]*\*/,,' $(VENDOR)/*.js $(VENDOR)/*.css
	@sh tools/sprite.sh tools/icons.txt $(MODULES)/@tabler/icons/icons/outline >$(VENDOR)/icons.svg
	@for package in bootstrap htmx.org chart.js @tabler/icons; do \
		cp $(MODULES)/$$package/LICENSE* $(VENDOR)/licenses/$$(basename $$package).txt || exit 1; done
	@chmod 644 $(VENDOR)/*.* $(VENDOR)/licenses/*
	@cd $(VENDOR) && sha256sum *.css *.js *.svg >SHA256SUMS && gzip -9nk *.css *.js *.svg
	@cd $(VENDOR) && sh ../../tools/assets.sh /$(VENDOR)/ *.css *.js *.svg >assets.hdf
	@touch $@

static/assets.hdf: $(OWN) tools/assets.sh
	@for folder in css js; do sh tools/assets.sh /static/$$folder/ $$(ls static/$$folder/*.$$folder) || exit 1; done >$@.new
	@mv $@.new $@

.PHONY: vendor
