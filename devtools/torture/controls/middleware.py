"""What must not be: to answer first and register afterwards, and to wait for the broker."""

import threading
import time

from django.http import HttpResponseRedirect

from foundation.wake import Bell


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


def wait_for_the_broker(get_response):
    Bell.ring = lambda bell, task, args: task.apply_async(args)
    return get_response
