import csv
import io

from rest_framework.renderers import BaseRenderer


class CSVRenderer(BaseRenderer):
    media_type = "text/csv"
    format = "csv"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        rows = data if isinstance(data, list) else data.get("results", [data])
        out = io.StringIO()
        keys = ["id", "customer_name", "amount", "tenure_months", "status", "created_at"]
        writer = csv.DictWriter(out, keys, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()
