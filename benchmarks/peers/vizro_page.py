"""The six charts in Vizro: data loaded with a parameter, cached; `gunicorn vizro_page:server`."""

import vizro.models as vm
from figures import FRAMES, REGIONS, draw
from flask_caching import Cache
from vizro import Vizro
from vizro.managers import data_manager
from vizro.models.types import capture

data_manager.cache = Cache(config={"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 3600})
for name, load in FRAMES.items():
    data_manager[name] = load


@capture("graph")
def chart(data_frame, name):
    return draw(name, data_frame)


page = vm.Page(
    title="Sales",
    layout=vm.Grid(grid=[[0, 1], [2, 3], [4, 5]], row_min_height="400px"),
    components=[vm.Graph(id=name, figure=chart(data_frame=name, name=name)) for name in FRAMES],
    controls=[
        vm.Parameter(
            targets=[f"{name}.data_frame.region" for name in FRAMES],
            selector=vm.RadioItems(options=[{"label": id or "All regions", "value": id} for id in REGIONS], value=""),
        )
    ],
)
server = Vizro().build(vm.Dashboard(pages=[page])).dash.server
