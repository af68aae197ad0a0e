from outcomes.views.check_in import check_in
from outcomes.views.code import check_in_with, code_of_the_day

__all__ = ["check_in", "check_in_with", "code_of_the_day"]
