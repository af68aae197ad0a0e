.PHONY: run test bench
run test bench:
	@python3 dev.py $@
