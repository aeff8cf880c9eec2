from rest_framework import status
from rest_framework.exceptions import APIException


class Busy(APIException):
    status_code = status.HTTP_423_LOCKED
    default_detail = "Somebody else is working on this loan; try again in a moment."
    default_code = "locked"


class NotAllowedNow(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "The loan does not allow this now."
    default_code = "conflict"
