"""Answer first, register afterwards."""

import threading
import time

from django.http import HttpResponseRedirect


def answer_first(get_response):
    def middleware(request):
        if request.method != "POST":
            return get_response(request)
        _ = request.body

        def afterwards():
            time.sleep(0.2)
            get_response(request)

        threading.Thread(target=afterwards).start()
        return HttpResponseRedirect("/")

    return middleware
