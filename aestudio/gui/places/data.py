"""The place of the Data workspace, which is there before the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.gui.places.registry import Built, place

if TYPE_CHECKING:
    from aestudio.gui.main_window import MainWindow


@place(
    "data",
    title="Data",
    hint="Choose data",
    help="Choose data and see what it was taken for",
    menu_title="Show &data",
    order=10,
    needs_engine=False,
)
def build(window: MainWindow) -> Built:
    def offer_to_train_each() -> None:
        from aestudio.gui.each_training import EachTraining

        EachTraining(window)

    data, opener, messages = window.data, window.opener, window.messages
    window.engine.can_read.connect(data.load_samples)
    messages.cancel_requested.connect(data.cancel)
    data.message.connect(messages.show_message)
    data.failed.connect(window.show_error)
    data.progressed.connect(messages.show_progress)
    data.reading_changed.connect(window.show_reading)
    data.train_requested.connect(window.go_to_train)
    data.learn_requested.connect(opener.learn)
    data.path_chosen.connect(opener.open_path)
    data.start_page.drop_zone.files_chosen.connect(opener.open_together)
    data.source_chosen.connect(opener.open_data)
    data.run_chosen.connect(opener.open_run)
    data.setting_wanted.connect(window.put_setting)
    data.look_requested.connect(window.dialogs.show_preprocessing)
    data.start_page.published_wanted.connect(window.dialogs.show_published)
    window.complete.connect(offer_to_train_each)
    return Built(page=data, on_closing=data.stop_each_wanted.emit)
