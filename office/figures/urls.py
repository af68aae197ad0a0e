"""The pages of figures, beside the pages of the nouns."""

from django.contrib import admin
from django.urls import path

from office.figures import board, page

of = admin.site.admin_view
urlpatterns = [
    path("figures/", of(page.year_page), name="office_figures"),
    path("figures/year.csv", of(page.year_file), {"form": "csv"}, name="office_figures_csv"),
    path("figures/year.xlsx", of(page.year_file), {"form": "xlsx"}, name="office_figures_xlsx"),
    path("figures/how/", of(page.how_page), name="office_figures_how"),
    path("figures/count/", of(page.count), name="office_figures_count"),
    path("figures/coverage/", of(board.board_page), name="office_coverage"),
    path("figures/coverage.csv", of(board.board_file), {"form": "csv"}, name="office_coverage_csv"),
    path("figures/coverage.xlsx", of(board.board_file), {"form": "xlsx"}, name="office_coverage_xlsx"),
    path("figures/coverage/<int:pk>/", of(board.asking_page), name="office_coverage_asking"),
]
