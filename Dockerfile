FROM python:3.11-slim AS build
WORKDIR /build
COPY . .
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt \
 && pip install --no-cache-dir hatchling \
 && for code in es pt; do python -m babel.messages.frontend -q compile \
      -i src/portfolio/locale/$code/LC_MESSAGES/messages.po -o src/portfolio/locale/$code/LC_MESSAGES/messages.mo; done \
 && pip wheel --no-cache-dir --no-deps --no-build-isolation -w /wheels .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 portfolio
WORKDIR /srv/portfolio
COPY requirements/run.txt /tmp/run.txt
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --require-hashes -r /tmp/run.txt \
 && pip install --no-cache-dir --no-deps /wheels/*.whl && rm -r /wheels /tmp/run.txt \
 && mkdir -p var && chown portfolio var
USER portfolio
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["sh", "-c", "portfolio migrate && exec portfolio serve --host 0.0.0.0 --workers ${PORTFOLIO_WORKERS:-2}"]
