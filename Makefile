.PHONY: run test bench torture
run test bench torture:
	@python3 dev.py $@
