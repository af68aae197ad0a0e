from outcomes.views.check_in import check_in
from outcomes.views.code import check_in_with, code_of_the_day
from outcomes.views.disputes import attendance_dispute

__all__ = ["attendance_dispute", "check_in", "check_in_with", "code_of_the_day"]
