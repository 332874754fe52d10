PYTHON ?= python3

run test faults services services-stop bench lock messages audit:
	@exec $(PYTHON) dev.py $@

.PHONY: run test faults services services-stop bench lock messages audit
